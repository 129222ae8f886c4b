// In front of a bundled service-worker script: files that it imports are globals, named by their path.
var require = (path) => {
  const name = path.replace(/[^a-zA-Z0-9_$]/g, "_");
  if (!(name in globalThis)) throw new Error(`No such module "${path}".`);
  return globalThis[name];
};
