/**
 * A shell between us and Redis: when our end of its input closes, even by `kill -9`, it ends Redis and removes the folder.
 *
 * Arguments: the program, and the folder to remove or an empty text. Input: the configuration, a line `end`, and then
 * nothing while Redis is needed. The configuration has the password, so it goes through a pipe too.
 */
export const WATCHDOG = `
conf=
while IFS= read -r line && [ "$line" != end ]; do conf="$conf$line
"; done
# Whoever was to tell the configuration is gone: an unconfigured Redis would be open to everybody.
if [ "$line" != end ]; then
  [ -z "$2" ] || rm -rf "$2"
  exit 1
fi
exec 3<&0
"$1" - 3<&- <<CONF &
$conf
CONF
redis=$!
(
  cat <&3 >/dev/null
  kill -TERM "$redis" 2>/dev/null
  tries=0
  while kill -0 "$redis" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL "$redis" 2>/dev/null
) >/dev/null 2>&1 &
watcher=$!
wait "$redis"
code=$?
exec 3<&-
# The shell would say "Terminated", as if Redis had.
{ kill "$watcher"; wait "$watcher"; } 2>/dev/null
[ -z "$2" ] || rm -rf "$2"
exit "$code"
`;
