# shellcheck shell=bash
# What the lab's scripts share: failing in one sentence, and knowing a process again.

# shellcheck disable=SC2034 # used by those who source this file
LAB_HOME=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# The file by which `down` knows that a directory is a lab's, before it removes anything in it.
# shellcheck disable=SC2034
LAB_MARK=.ahv-lab

fail() {
    echo "lab: $*" >&2
    exit 1
}

# Prints the Debian packages that the lab needs and that are not there, one a line.
missing_packages() {
    local pair
    for pair in ovsdb-server:openvswitch-switch ovs-vsctl:openvswitch-switch libvirtd:libvirt-daemon-system \
        virtlogd:libvirt-daemon-system virsh:libvirt-clients qemu-system-x86_64:qemu-system-x86 \
        iptables:iptables ip:iproute2 busybox:busybox-static cpio:cpio pgrep:procps \
        nsenter:util-linux unshare:util-linux flock:util-linux dpkg-deb:dpkg; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
    done | sort -u
}

require_programs() {
    local missing
    missing=$(missing_packages | tr '\n' ' ')
    [ -z "$missing" ] || fail "the lab needs the packages: $missing(apt-get install --no-install-recommends)"
}

# The tick since boot at which a process started; with its id it names the process for ever.
start_time() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The name in parentheses may hold anything; the state is the first field after it, the start the 20th.
    stat=${stat##*) }
    # A process that waits to be reaped has ended.
    [ "${stat%% *}" != Z ] || return 1
    cut -d ' ' -f 20 <<<"$stat"
}

# record_process ROLE PID: one line for the file of processes.
record_process() {
    echo "$1 $2 $(start_time "$2")"
}

recorded_pid() {
    awk -v role="$1" '$1 == role { print $2 }' "$2" 2>/dev/null
}

# running ROLE FILE: whether the recorded process still runs, and not another one with its id.
running() {
    local recorded pid
    recorded=$(awk -v role="$1" '$1 == role { print $2, $3 }' "$2" 2>/dev/null) || return 1
    pid=${recorded%% *}
    [ -n "$pid" ] && [ "$(start_time "$pid")" = "${recorded##* }" ]
}

# enter DIR COMMAND…: replaces this process by the command inside the lab.
enter() {
    local dir=$1
    shift
    running LAB_PID "$dir/processes" || fail "no lab runs in $dir; bring one up with tests/lab/up $dir"
    exec nsenter --target "$(recorded_pid LAB_PID "$dir/processes")" --net --mount --pid --wdns="$PWD" -- "$@"
}
