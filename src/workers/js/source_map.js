// Source map: where the lines of a joined main module were written. Only beside scripts that esbuild joined; read when
// the first stack is told.
//
// A row of `mappings` is a line of the module. Its segments say from which column on the text is whose: column, source,
// line and column there, each as the difference to the one before, in base64 VLQ; all from 0 (ECMA-426).
import { translateStacks } from "{{rt}}";
import text from "./{{map}}";

const kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const kModule = "{{module}}";

// Five bits a digit, the lowest first; the sixth says that more follow. The lowest bit of a number is its sign.
function numbers(segment) {
  const found = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = kDigits.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    found.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return found;
}

// By line of the module its segments, in order.
function decoded(mappings) {
  let [source, line, column] = [0, 0, 0];
  const place = ([, sources, lines, columns]) => {
    source += sources;
    line += lines;
    column += columns;
    return { source, line, column };
  };
  return mappings.split(";").map((row) => {
    let from = 0;
    const segments = [];
    for (const segment of row.split(",").filter(Boolean).map(numbers)) {
      from += segment[0];
      segments.push({ from, of: segment.length > 1 ? place(segment) : null }); // null: nobody wrote it
    }
    return segments;
  });
}

let map; // once it is read

// "src/a.ts:3:9", or the place as it is.
function origin(place, line, column) {
  if (map === undefined) {
    const { sources, mappings } = JSON.parse(text);
    map = { sources, lines: decoded(mappings) };
  }
  const { of } = map.lines[line - 1]?.findLast(({ from }) => from < column) ?? {};
  return of ? `${map.sources[of.source]}:${of.line + 1}:${of.column + 1}` : place;
}

translateStacks((stack) =>
  stack.replace(/(?<=[( ])([^( ]+):(\d+):(\d+)(?=\)?$)/gm, (place, module, line, column) =>
    module === kModule ? origin(place, Number(line), Number(column)) : place,
  ),
);
