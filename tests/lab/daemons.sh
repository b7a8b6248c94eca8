# shellcheck shell=bash
# The lab's daemons: how each is started, known to be ready, and stopped. Used inside the namespaces only: sourced by
# `host`, and run by `restart` as: daemons.sh restart|stop DAEMON

export LIBVIRT_DEFAULT_URI=qemu:///system
LAB_LOG=/run/lab/log

# Ends in one sentence that `up` will print.
lab_fail() {
    echo "lab: $*" >&2
    [ -e /run/lab/ready ] || echo "$*" >/run/lab/failure
    exit 1
}

# await SECONDS SENTENCE LOG COMMAND…: until the command succeeds.
await() {
    local seconds=$1 sentence=$2 log=$3
    shift 3
    local end=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || lab_fail "$sentence within $seconds s; read $LAB_OUTSIDE/log/$log"
        sleep 0.05
    done
}

# Userspace tunnels send their own ARP through the bridge. Flooded back into a tunnel, it would ask for ARP again, and
# the switch would do nothing else. The database has no column for this, so each ovs-vswitchd is told anew.
keep_floods_out_of_tunnels() {
    ovs-ofctl mod-port br0 br0-dhcp no-flood
    ovs-ofctl mod-port br0 br0-arp no-flood
}

start() {
    local name=$1
    local ready
    case $name in
        ovsdb-server)
            set -- ovsdb-server /etc/openvswitch/conf.db --pidfile -vconsole:info -vsyslog:off -vfile:off \
                --remote=punix:/run/openvswitch/db.sock \
                --remote=db:Open_vSwitch,Open_vSwitch,manager_options
            ready=(ovsdb-client --timeout=5 list-dbs unix:/run/openvswitch/db.sock) ;;
        ovs-vswitchd)
            set -- ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile -vconsole:info -vsyslog:off -vfile:off
            ready=(ovs-appctl --timeout=5 version) ;;
        virtlogd)
            set -- virtlogd -f /etc/libvirt/virtlogd.conf -p /run/libvirt/virtlogd.pid
            ready=(test -S /run/libvirt/virtlogd-sock) ;;
        libvirtd)
            set -- libvirtd -f /etc/libvirt/libvirtd.conf -p /run/libvirt/libvirtd.pid
            ready=(timeout 5 virsh -q uri) ;;
    esac
    PATH=$PATH:/usr/lib/openvswitch-switch setsid "$@" </dev/null >>"$LAB_LOG/$name.log" 2>&1 &
    await 20 "$name did not become ready" "$name.log" "${ready[@]}"
}

pid_file() {
    case $1 in
        ovs*) echo "/run/openvswitch/$1.pid" ;;
        *) echo "/run/libvirt/$1.pid" ;;
    esac
}

stop() {
    local pid
    pid=$(cat "$(pid_file "$1")" 2>/dev/null) || return 0
    kill -TERM "$pid" 2>/dev/null || return 0
    for _ in $(seq 100); do
        [ -d "/proc/$pid" ] || return 0
        sleep 0.05
    done
    kill -KILL "$pid"
    await 5 "$1 did not end" "$1.log" test ! -d "/proc/$pid"
}

restart() {
    stop "$1"
    if [ "$1" = ovs-vswitchd ]; then
        # As `ovs-ctl restart` does: no packet passes before the bridge is as it was.
        ovs-vsctl --timeout=20 --no-wait set Open_vSwitch . other_config:flow-restore-wait=true
        start ovs-vswitchd
        await 20 "br0 did not come back" ovs-vswitchd.log keep_floods_out_of_tunnels
        ovs-vsctl --timeout=20 remove Open_vSwitch . other_config flow-restore-wait
    else
        start "$1"
    fi
}

# Run, and not sourced.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    "$@"
fi
