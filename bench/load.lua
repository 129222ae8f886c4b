-- Which path each request asks for, as the arguments say: "zipf COUNT" (weights 1/rank over COUNT paths), "fill COUNT
-- FIRST" (all of them in order, from the first given), "miss FIRST" (paths never asked before).
local kind, count = "zipf", 0
local next_path = 0
local cumulative = {}

local function prepare_zipf()
  local sum = 0
  for rank = 1, count do
    sum = sum + 1 / rank
    cumulative[rank] = sum
  end
end

-- The first rank whose cumulative weight reaches the drawn one.
local function drawn_rank()
  local weight = math.random() * cumulative[count]
  local low, high = 1, count
  while low < high do
    local middle = math.floor((low + high) / 2)
    if cumulative[middle] < weight then low = middle + 1 else high = middle end
  end
  return low
end

function init(args)
  kind, count = args[1], tonumber(args[2] or "0")
  if kind == "zipf" then prepare_zipf() end
  if kind == "fill" then next_path = tonumber(args[3]) end
  if kind == "miss" then next_path = count end
end

function request()
  local name
  if kind == "zipf" then
    name = drawn_rank()
  else
    next_path = next_path + 1
    name = kind == "fill" and next_path % count + 1 or next_path
  end
  return wrk.format("GET", "/" .. kind:gsub("fill", "zipf") .. "/" .. name .. ".css")
end
