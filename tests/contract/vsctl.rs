//! The real ovs-vsctl, with every kind of command: ovs-vsctl(8).

use crate::harness::{Case, case};

pub(crate) const CASES: &[Case] = &[
    case(
        "init",
        r#"vsctl init
vsctl --id=@x get o . _uuid
vsctl show"#,
    ),
    case("show of a new database", r#"vsctl show"#),
    case(
        "emer-reset",
        r#"vsctl init
vsctl add-br br0
vsctl set-controller br0 tcp:1.2.3.4
vsctl set-manager ptcp:6640
vsctl emer-reset
vsctl show"#,
    ),
    case(
        "add-br and list-br",
        r#"vsctl add-br br0
vsctl add-br br1
vsctl list-br
vsctl show"#,
    ),
    case(
        "add-br twice",
        r#"vsctl add-br br0
vsctl add-br br0"#,
    ),
    case(
        "add-br --may-exist",
        r#"vsctl add-br br0
vsctl --may-exist add-br br0
vsctl list-br"#,
    ),
    case(
        "del-br",
        r#"vsctl add-br br0
vsctl del-br br0
vsctl list-br"#,
    ),
    case("del-br of none", r#"vsctl del-br br0"#),
    case("del-br --if-exists", r#"vsctl --if-exists del-br br0"#),
    case(
        "br-exists",
        r#"vsctl add-br br0
vsctl br-exists br0
vsctl br-exists br1"#,
    ),
    case(
        "a fake bridge",
        r#"vsctl add-br br0
vsctl add-br vlan10 br0 10
vsctl list-br
vsctl br-to-vlan vlan10
vsctl br-to-parent vlan10
vsctl br-to-parent br0
vsctl show
vsctl del-br vlan10
vsctl list-br"#,
    ),
    case(
        "a fake bridge and its ports",
        r#"vsctl add-br br0
vsctl add-br vlan10 br0 10
vsctl add-port vlan10 p1
vsctl list-ports br0
vsctl list-ports vlan10
vsctl port-to-br p1
vsctl del-br br0"#,
    ),
    case("a fake bridge of no parent", r#"vsctl add-br vlan10 br0 10"#),
    case(
        "a fake bridge of a wrong VLAN",
        r#"vsctl add-br br0
vsctl add-br x br0 5000"#,
    ),
    case(
        "--real and --fake",
        r#"vsctl add-br br0
vsctl add-br v br0 5
vsctl --real list-br
vsctl --fake list-br"#,
    ),
    case(
        "the external ids of a bridge",
        r#"vsctl add-br br0
vsctl br-set-external-id br0 k v
vsctl br-set-external-id br0 k2 v2
vsctl br-get-external-id br0
vsctl br-get-external-id br0 k
vsctl br-set-external-id br0 k
vsctl br-get-external-id br0"#,
    ),
    case(
        "add-port",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl list-ports br0
vsctl show"#,
    ),
    case(
        "add-port with columns",
        r#"vsctl add-br br0
vsctl add-port br0 p1 tag=9 trunks=1,2 other_config:x=y
vsctl list port p1"#,
    ),
    case(
        "add-port twice",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl add-port br0 p1"#,
    ),
    case(
        "add-port --may-exist",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl --may-exist add-port br0 p1"#,
    ),
    case("add-port to none", r#"vsctl add-port br0 p1"#),
    case(
        "add-port --may-exist on another bridge",
        r#"vsctl add-br br0
vsctl add-br br1
vsctl add-port br0 p1
vsctl --may-exist add-port br1 p1"#,
    ),
    case(
        "del-port",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl del-port br0 p1
vsctl list-ports br0"#,
    ),
    case(
        "del-port of none",
        r#"vsctl add-br br0
vsctl del-port br0 p1"#,
    ),
    case(
        "del-port --if-exists",
        r#"vsctl add-br br0
vsctl --if-exists del-port br0 p1
vsctl --if-exists del-port p1"#,
    ),
    case(
        "del-port of another bridge",
        r#"vsctl add-br br0
vsctl add-br br1
vsctl add-port br0 p1
vsctl del-port br1 p1"#,
    ),
    case(
        "del-port --with-iface",
        r#"vsctl add-br br0
vsctl add-bond br0 bond0 e1 e2
vsctl --with-iface del-port e1"#,
    ),
    case(
        "add-bond",
        r#"vsctl add-br br0
vsctl add-bond br0 bond0 e1 e2
vsctl list-ports br0
vsctl list-ifaces br0
vsctl show"#,
    ),
    case(
        "add-bond with columns",
        r#"vsctl add-br br0
vsctl add-bond br0 bond0 e1 e2 bond_mode=active-backup lacp=active
vsctl list port bond0"#,
    ),
    case(
        "add-bond of one",
        r#"vsctl add-br br0
vsctl add-bond br0 bond0 e1"#,
    ),
    case(
        "add-bond --may-exist",
        r#"vsctl add-br br0
vsctl add-bond br0 bond0 e1 e2
vsctl --may-exist add-bond br0 bond0 e1 e2
vsctl --may-exist add-bond br0 bond0 e1 e3"#,
    ),
    case(
        "add-bond --fake-iface",
        r#"vsctl add-br br0
vsctl --fake-iface add-bond br0 bond0 e1 e2
vsctl get port bond0 bond_fake_iface"#,
    ),
    case(
        "add-bond-iface",
        r#"vsctl add-br br0
vsctl add-bond br0 bond0 e1 e2
vsctl add-bond-iface bond0 e3
vsctl list-ifaces br0
vsctl del-bond-iface bond0 e1
vsctl list-ifaces br0"#,
    ),
    case(
        "port-to-br and iface-to-br",
        r#"vsctl add-br br0
vsctl add-bond br0 bond0 e1 e2
vsctl port-to-br bond0
vsctl iface-to-br e1
vsctl port-to-br e1
vsctl iface-to-br bond0"#,
    ),
    case(
        "list-ifaces",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl list-ifaces br0
vsctl list-ifaces br9"#,
    ),
    case(
        "a controller",
        r#"vsctl add-br br0
vsctl set-controller br0 tcp:1.2.3.4:6653
vsctl get-controller br0
vsctl list controller
vsctl del-controller br0
vsctl get-controller br0"#,
    ),
    case(
        "several controllers",
        r#"vsctl add-br br0
vsctl set-controller br0 tcp:1.2.3.4 ssl:5.6.7.8
vsctl get-controller br0"#,
    ),
    case(
        "fail mode",
        r#"vsctl add-br br0
vsctl get-fail-mode br0
vsctl set-fail-mode br0 secure
vsctl get-fail-mode br0
vsctl set-fail-mode br0 standalone
vsctl del-fail-mode br0
vsctl get-fail-mode br0
vsctl set-fail-mode br0 bad"#,
    ),
    case(
        "a manager",
        r#"vsctl set-manager ptcp:6640
vsctl get-manager
vsctl set-manager tcp:1.2.3.4:6640 ssl:1.2.3.4
vsctl get-manager
vsctl del-manager
vsctl get-manager"#,
    ),
    case(
        "inactivity probe",
        r#"vsctl add-br br0
vsctl set-controller br0 tcp:1.2.3.4
vsctl set controller br0 inactivity_probe=30000
vsctl get controller br0 inactivity_probe
vsctl clear controller br0 inactivity_probe"#,
    ),
    case(
        "ssl",
        r#"vsctl set-ssl /k.pem /c.pem /ca.pem
vsctl get-ssl
vsctl --bootstrap set-ssl /k.pem /c.pem /ca.pem
vsctl get-ssl
vsctl del-ssl
vsctl get-ssl"#,
    ),
    case(
        "auto attach",
        r#"vsctl add-br br0
vsctl add-aa-mapping br0 100 10
vsctl get-aa-mapping br0
vsctl del-aa-mapping br0 100 10
vsctl get-aa-mapping br0"#,
    ),
    case(
        "a mirror",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl add-port br0 p2
vsctl -- --id=@p1 get port p1 -- --id=@p2 get port p2 -- --id=@m create mirror name=m0 select-src-port=@p1 select-dst-port=@p1 output-port=@p2 -- set bridge br0 mirrors=@m
vsctl list mirror
vsctl get bridge br0 mirrors
vsctl clear bridge br0 mirrors
vsctl list mirror"#,
    ),
    case(
        "a mirror outlives its port",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl add-port br0 p2
vsctl -- --id=@p get port p1 -- --id=@m create mirror name=m select-all=true output-port=@p -- set bridge br0 mirrors=@m
vsctl del-port p1
vsctl get mirror m output_port"#,
    ),
    case(
        "qos",
        r#"vsctl add-br br0
vsctl add-port br0 p1
vsctl -- set port p1 qos=@q -- --id=@q create qos type=linux-htb other-config:max-rate=1000000 queues=0=@q0,1=@q1 -- --id=@q0 create queue other-config:min-rate=100 -- --id=@q1 create queue other-config:min-rate=200
vsctl list qos
vsctl list queue
vsctl get port p1 qos
vsctl clear port p1 qos
vsctl --all destroy qos
vsctl --all destroy queue
vsctl list qos"#,
    ),
    case(
        "a tunnel",
        r#"vsctl add-br br0
vsctl add-port br0 vx0 -- set interface vx0 type=vxlan options:remote_ip=10.0.0.1 options:key=1
vsctl list interface vx0
vsctl show"#,
    ),
    case(
        "netflow",
        r#"vsctl add-br br0
vsctl -- set bridge br0 netflow=@n -- --id=@n create netflow targets=\"1.2.3.4:5566\" active-timeout=30
vsctl list netflow
vsctl clear bridge br0 netflow"#,
    ),
    case(
        "sflow",
        r#"vsctl add-br br0
vsctl -- --id=@s create sflow agent=eth1 targets=\"1.2.3.4:6343\" header=128 sampling=64 polling=10 -- set bridge br0 sflow=@s
vsctl list sflow"#,
    ),
    case(
        "ipfix",
        r#"vsctl add-br br0
vsctl -- set bridge br0 ipfix=@i -- --id=@i create ipfix targets=\"1.2.3.4:4739\" obs_domain_id=123
vsctl list ipfix"#,
    ),
    case(
        "set and get",
        r#"vsctl add-br br0
vsctl set bridge br0 datapath_type=netdev stp_enable=true other_config:a=b
vsctl get bridge br0 datapath_type stp_enable other_config other_config:a"#,
    ),
    case(
        "get what is not there",
        r#"vsctl add-br br0
vsctl get bridge br0 other_config:x
vsctl --if-exists get bridge br0 other_config:x
vsctl get bridge br0 nope
vsctl get bridge br9 name
vsctl --if-exists get bridge br9 name"#,
    ),
    case(
        "set what is immutable",
        r#"vsctl add-br br0
vsctl set bridge br0 name=br1"#,
    ),
    case(
        "set a wrong value",
        r#"vsctl add-br br0
vsctl set port br0 tag=5000
vsctl set port br0 vlan_mode=bad
vsctl set bridge br0 stp_enable=7
vsctl set bridge br0 nope=1"#,
    ),
    case(
        "set --if-exists",
        r#"vsctl --if-exists set bridge br9 stp_enable=true"#,
    ),
    case(
        "add and remove",
        r#"vsctl add-br br0
vsctl add port br0 trunks 1 2 3
vsctl get port br0 trunks
vsctl remove port br0 trunks 2
vsctl get port br0 trunks
vsctl add bridge br0 other_config a=b c=d
vsctl remove bridge br0 other_config a
vsctl get bridge br0 other_config
vsctl remove bridge br0 other_config c=x
vsctl get bridge br0 other_config"#,
    ),
    case(
        "clear",
        r#"vsctl add-br br0
vsctl set port br0 tag=5
vsctl clear port br0 tag
vsctl get port br0 tag
vsctl clear bridge br0 name
vsctl --if-exists clear bridge br9 external_ids"#,
    ),
    case(
        "add a tag to a tag",
        r#"vsctl add-br br0
vsctl set port br0 tag=5
vsctl add port br0 tag 6"#,
    ),
    case(
        "create and destroy",
        r#"vsctl create qos type=x
vsctl list qos
vsctl --all destroy qos
vsctl list qos
vsctl destroy qos 550e8400-e29b-41d4-a716-446655440000
vsctl --if-exists destroy qos 550e8400-e29b-41d4-a716-446655440000"#,
    ),
    case(
        "create what vanishes",
        r#"vsctl create port name=p interfaces=@i -- --id=@i create interface name=p
vsctl list port"#,
    ),
    case(
        "create with a reference to nothing",
        r#"vsctl create port name=p interfaces=550e8400-e29b-41d4-a716-446655440000"#,
    ),
    case(
        "list with columns",
        r#"vsctl add-br br0
vsctl add-br br1
vsctl --columns=name,stp_enable list bridge
vsctl --columns=name,ports list bridge br0"#,
    ),
    case(
        "list as JSON",
        r#"vsctl add-br br0
vsctl --format=json --columns=name,stp_enable list bridge"#,
    ),
    case(
        "list as table",
        r#"vsctl add-br br0
vsctl --format=table --columns=name,stp_enable list bridge"#,
    ),
    case(
        "list as csv",
        r#"vsctl add-br br0
vsctl --format=csv --columns=name,stp_enable list bridge"#,
    ),
    case(
        "list bare",
        r#"vsctl add-br br0
vsctl --bare --columns=name list bridge"#,
    ),
    case("list of an unknown table", r#"vsctl list nope"#),
    case(
        "list of no row",
        r#"vsctl list bridge br9
vsctl --if-exists list bridge br9"#,
    ),
    case(
        "find",
        r#"vsctl add-br br0
vsctl add-br br1
vsctl set bridge br1 stp_enable=true
vsctl --columns=name find bridge stp_enable=true
vsctl --columns=name find bridge name!=br1
vsctl --columns=name find port tag=[]
vsctl --columns=name find bridge other_config:x=y"#,
    ),
    case(
        "find by relation",
        r#"vsctl add-br br0
vsctl add-port br0 p1 tag=5
vsctl add-port br0 p2 tag=9
vsctl --columns=name find port tag>5
vsctl --columns=name find port tag{>=}5
vsctl --columns=name find port tag{in}5,9"#,
    ),
    case(
        "wait-until what is so",
        r#"vsctl add-br br0
vsctl wait-until bridge br0 stp_enable=false"#,
    ),
    case(
        "wait-until a row that is there",
        r#"vsctl add-br br0
vsctl wait-until bridge br0"#,
    ),
    case("wait-until in vain", r#"vsctl --timeout=1 wait-until bridge br9"#),
    case(
        "several commands are one transaction",
        r#"vsctl add-br br0 -- add-port br0 p1 -- set port p1 tag=4 -- list-ports br0
vsctl add-br br1 -- add-port br9 p"#,
    ),
    case("comment", r#"vsctl comment hello world"#),
    case(
        "oneline",
        r#"vsctl --oneline add-br br0 -- add-port br0 p1 -- list-ports br0"#,
    ),
    case(
        "dry-run",
        r#"vsctl --dry-run add-br br0
vsctl list-br"#,
    ),
    case("an unknown command", r#"vsctl frob"#),
    case("a command with too few arguments", r#"vsctl add-port br0"#),
    case(
        "a uuid of one's own",
        r#"vsctl --id=550e8400-e29b-41d4-a716-446655440000 create qos type=x
vsctl list qos"#,
    ),
    case(
        "get --id",
        r#"vsctl add-br br0
vsctl -- --id=@b get bridge br0 -- set bridge @b stp_enable=true
vsctl get bridge br0 stp_enable"#,
    ),
    case(
        "system ids",
        r#"vsctl set o . external_ids:system-id=x
vsctl get o . external_ids:system-id
vsctl remove o . external_ids system-id"#,
    ),
    case(
        "get-zone and datapath tables",
        r#"vsctl list datapath
vsctl list ct_zone
vsctl list ct_timeout_policy
vsctl list autoattach
vsctl list flow_table
vsctl list flow_sample_collector_set
vsctl list ssl
vsctl list manager
vsctl list controller"#,
    ),
    case(
        "zone timeout policy",
        r#"vsctl add-dp system
vsctl list-dp
vsctl add-zone-tp system zone=1 icmp_first=1 icmp_reply=2
vsctl list-zone-tp system
vsctl del-zone-tp system zone=1
vsctl del-dp system"#,
    ),
];
