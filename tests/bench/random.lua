-- For wrk: GET requests of random lines of a file. Arguments: the file of paths, what the client accepts ("-": nothing).
-- Prints the outcome as one line of JSON.
local threads = 0

function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

function init(arguments)
   math.randomseed(os.time() * 64 + number)
   if arguments[2] ~= "-" then
      wrk.headers["Accept-Encoding"] = arguments[2]
   end
   requests = {}
   for path in io.lines(arguments[1]) do
      requests[#requests + 1] = wrk.format("GET", path)
   end
end

function request()
   return requests[math.random(#requests)]
end

function done(summary, latency)
   local errors = summary.errors
   local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format('{"requests":%d,"seconds":%.6f,"bytes":%.0f,"bad":%d,"p50_us":%.0f,"p99_us":%.0f}\n',
      summary.requests, summary.duration / 1e6, summary.bytes, bad, latency:percentile(50), latency:percentile(99)))
end
