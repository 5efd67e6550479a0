# Runs beside the test process, in a session of its own: makes a cluster in the folder $1 with the
# programs in $2, says "ready", waits until whoever holds the other end of standard input has ended, and
# removes everything. Signals for the terminal's process group do not reach it.
folder=$1 programs=$2
trap '' HUP INT TERM
cd "$folder" || exit 1
{
  "$programs/initdb" --pgdata=data --username=larder --auth=trust --encoding=UTF8 --locale=C --no-sync &&
    "$programs/pg_ctl" start --pgdata=data --wait --timeout=60 --log=log --options="\
      -c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=300 -c shared_buffers=64MB \
      -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c checkpoint_timeout=1h \
      -c max_wal_size=2GB -c jit=off -c deadlock_timeout=20ms -c logging_collector=off"
} >start 2>&1 && echo ready || { tail -n 20 start log 2>/dev/null | tr '\n' ' '; echo; }
cat >/dev/null
"$programs/pg_ctl" stop --pgdata=data --mode=immediate --wait >/dev/null 2>&1
cd /
rm -rf "$folder"
