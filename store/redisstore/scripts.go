package redisstore

// format is the form of a record's hash. A program that knows only older forms
// must leave it alone.
const format = "1"

// The scripts check and write in one step. Each touches one key, so that a
// cluster runs them where the key lives. Versions stay texts: Lua's numbers
// cannot hold them.

// checked begins both scripts. It sets version to the stored version, "0" if
// the key does not exist, and refuses what is no record.
const checked = `
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'none' and kind ~= 'hash' then return 'corrupt' end
local stored = redis.call('HMGET', KEYS[1], 'format', 'version', 'write')
if kind == 'hash' and stored[1] ~= '1' then
	if (tonumber(stored[1] or '') or 0) > 1 then return 'newer' end
	return 'corrupt'
end
local version = stored[2] or '0'
`

// putScript takes the expected version, the new one, a name for this write,
// the expiry and the value. A client repeats a script whose answer was lost,
// and would then find its own write in the way: the name tells it.
const putScript = checked + `
if version == ARGV[2] and stored[3] == ARGV[3] then return 'done' end
if version ~= ARGV[1] then return 'conflict' end
redis.call('HSET', KEYS[1], 'format', '1', 'value', ARGV[5], 'version', ARGV[2], 'write', ARGV[3], 'expires', ARGV[4])
if ARGV[4] == '0' then
	redis.call('PERSIST', KEYS[1])
else
	redis.call('PEXPIREAT', KEYS[1], ARGV[4])
end
return 'done'
`

// deleteScript takes the expected version.
const deleteScript = checked + `
if version == '0' then return 'absent' end
if version ~= ARGV[1] then return 'conflict' end
redis.call('DEL', KEYS[1])
return 'done'
`
