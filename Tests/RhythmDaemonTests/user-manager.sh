#!/usr/bin/env bash
# A real `systemd --user` with a journal of its own, for one test: in namespaces of its own, and gone with them.
#
#   user-manager.sh PROGRAMS UNITS
#
# A user is made up who has the programs in ~/.local/bin, the units, and a home whose name has a blank. Then commands come on
# standard input, each with a NUL after it. They run in that user's session, one after the other; what each printed and its
# exit status come back, with a NUL after either. The first answer is given unasked, when the manager is up. It all ends with
# standard input. Status 77: not on this machine; standard error says why.
#
# Outside of the namespaces it leaves nothing: the one control group that it makes is removed again.
set -euo pipefail
cannot() { echo "$1" >&2; exit 77; }
fail() { echo "$1" >&2; exit 70; }

if [[ $1 != --inside ]]; then
    ((EUID == 0)) || cannot "a systemd for a test is started by root"
    for program in /lib/systemd/systemd /lib/systemd/systemd-journald dbus-daemon setpriv unshare; do
        command -v "$program" >/dev/null || cannot "there is no $program"
    done
    top=$(findmnt --noheadings --output TARGET --types cgroup2 | head -n 1)
    [[ -n $top ]] || cannot "no cgroup2 is mounted"
    top=${top%/}$(sed -n 's/^0::\(.*[^/]\)\?\/\?$/\1/p' /proc/self/cgroup)
    group=$top/rhythm-test-$$
    mkdir "$group" 2>/dev/null || cannot "no control group can be made in $top"
    unshare --pid --mount --cgroup --ipc --fork --kill-child true 2>/dev/null ||
        { rmdir "$group"; cannot "there is no right to make namespaces"; }
    status=0
    # Whoever asked may be gone before the control group is.
    trap '' PIPE
    (
        trap - PIPE
        echo "$BASHPID" >"$group/cgroup.procs"
        exec unshare --pid --mount --cgroup --ipc --fork --kill-child --mount-proc "$0" --inside "$@"
    ) || status=$?
    # What was in it has been killed, and is gone in a moment.
    for ((try = 0; try < 100; try++)); do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
        [[ -d $group ]] || break
        sleep 0.05
    done
    exit "$status"
fi

# Process 1 of the new process namespace.
programs=$2 units=$3 user=rhythm-test id=47123 home='/home/a user'
umount --recursive --lazy /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup || cannot "there is no right to mount"
mount -t tmpfs -o mode=755 tmpfs /home
mkdir -p "$home/.local/bin" "$home/.config/systemd/user"
cp "$programs"/{rhythmd,rhythm-scan,rhythmctl} "$home/.local/bin/"
cp "$units"/* "$home/.config/systemd/user/"
chmod 0700 "$home"
chown -R $id:$id "$home"
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=1777 tmpfs /var/tmp
mount -t tmpfs -o mode=755 tmpfs /var/log
printf '%s:x:%d:%d::%s:/bin/sh\n' $user $id $id "$home" | cat /etc/passwd - >/run/passwd
mount --bind /run/passwd /etc/passwd
tr -d - </proc/sys/kernel/random/uuid >/run/machine-id
mount --bind /run/machine-id /etc/machine-id

# With this folder there, programs believe that systemd runs the machine.
mkdir -p /run/systemd/{system,unit-root,propagate,journal,journald.conf.d} /run/user/$id /run/lock /var/log/journal
chmod 0700 /run/user/$id
chown $id:$id /run/user/$id
printf '%s\n' '[Journal]' Storage=persistent Audit=no ReadKMsg=no ForwardToSyslog=no RateLimitIntervalSec=0 \
    >/run/systemd/journald.conf.d/test.conf
touch /run/systemd/journal/flushed
# From a path of this form the journal learns which unit of the user's wrote a message.
service=/sys/fs/cgroup/user.slice/user-$id.slice/user@$id.service
mkdir -p /sys/fs/cgroup/init.scope "$service"
echo $$ >/sys/fs/cgroup/init.scope/cgroup.procs
for folder in /sys/fs/cgroup /sys/fs/cgroup/user.slice "/sys/fs/cgroup/user.slice/user-$id.slice"; do
    for controller in $(<"$folder/cgroup.controllers"); do
        echo "+$controller" 2>/dev/null >"$folder/cgroup.subtree_control" || true
    done
done
chown $id:$id "$service" "$service"/cgroup.{procs,subtree_control,threads}
/lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 &
journal=$!
# A manager that does not find it at first logs elsewhere for good.
until [[ -S /run/systemd/journal/socket && -S /run/systemd/journal/stdout ]]; do
    kill -0 $journal 2>/dev/null || fail "systemd-journald did not start"
    sleep 0.02
done
session=(env -i HOME="$home" USER=$user LOGNAME=$user SHELL=/bin/sh LANG=C.UTF-8 PATH="$home/.local/bin:/usr/bin:/bin"
    XDG_RUNTIME_DIR=/run/user/$id DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$id/bus
    setpriv --reuid=$id --regid=$id --clear-groups --inh-caps=-all)
cd "$home"
(
    echo "$BASHPID" >"$service/cgroup.procs"
    exec "${session[@]}" /lib/systemd/systemd --user --log-target=journal </dev/null >/dev/null 2>&1
) &
manager=$!
until [[ -S /run/user/$id/systemd/private ]]; do
    kill -0 $manager 2>/dev/null || fail "systemd --user did not start"
    sleep 0.02
done

answer() { # COMMAND
    local output status=0
    output=$("${session[@]}" timeout --signal=KILL 60 bash -c "$1" </dev/null 2>&1) || status=$?
    printf '%s\0%d\0' "$output" "$status"
}
answer 'systemctl --user is-system-running --wait'
while IFS= read -r -d '' command; do answer "$command"; done
