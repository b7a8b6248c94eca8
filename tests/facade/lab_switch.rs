//! Edits of the switch on the lab, by their commands: what `ovs-vsctl` shows afterwards, that ovs-vswitchd has taken
//! it in, that a second run has nothing to do, and that `revert` leaves every row as it was.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use test_support::{ExclusiveTurn, Failure, Lab, Outcome, Suite, Unavailable};

use crate::command::{Example, Ran};
use crate::rows::Rows;

/// A second bridge. The lab counts on no kernel datapath, hence netdev.
const BR7: &str = "add-br br7 -- set Bridge br7 datapath_type=netdev";

/// And a third.
const BR7_BR8: &str =
    "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-br br8 -- set Bridge br8 datapath_type=netdev";

/// Everything that a case may have made.
const GONE: &str = "--if-exists del-br br7 -- --if-exists del-br br8 -- --if-exists del-br br0v20 \
    -- --if-exists del-port int7 -- --if-exists del-port span0 -- --if-exists del-port ghost7 \
    -- --if-exists del-port vx7 -- --if-exists del-port eth0 -- --if-exists del-port br0-to-br7 \
    -- --all destroy Flow_Sample_Collector_Set -- clear Bridge br0 mirrors -- remove Bridge br0 other_config hwaddr";

/// One edit.
struct Case {
    name: &'static str,
    /// What is there before: one line of ovs-vsctl.
    setup: &'static str,
    example: &'static str,
    line: &'static str,
    /// What ovs-vsctl says afterwards, to each of these lines.
    shows: &'static [(&'static str, &'static str)],
}

const CASES: [Case; 31] = [
    Case {
        name: "a bridge",
        setup: "",
        example: "add_bridge",
        line: "br7 --datapath-type netdev --fail-mode secure",
        shows: &[
            ("get Bridge br7 fail_mode datapath_type", "secure\nnetdev"),
            ("list-ports br7", ""),
            ("get Interface br7 type", "internal"),
        ],
    },
    Case {
        name: "a fake bridge",
        setup: "",
        example: "add_bridge",
        line: "br0v20 --parent br0 --vlan 20",
        shows: &[("br-to-parent br0v20", "br0"), ("br-to-vlan br0v20", "20")],
    },
    Case {
        name: "a bridge goes, with its ports, mirror and sFlow",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 int7 -- set Interface int7 type=internal \
            -- --id=@p get Port int7 -- --id=@m create Mirror name=m7 select_src_port=@p output_vlan=9 \
            -- set Bridge br7 mirrors=@m -- --id=@s create sFlow targets=\"192.168.5.9:6343\" -- set Bridge br7 sflow=@s",
        example: "del_bridge",
        line: "br7 --if-exists",
        shows: &[
            ("find Bridge name=br7", ""),
            ("list sFlow", ""),
            ("list Mirror", ""),
        ],
    },
    Case {
        name: "a bridge goes, and the sFlow that it shares stays",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-br br8 -- set Bridge br8 datapath_type=netdev \
            -- --id=@s create sFlow targets=\"192.168.5.9:6343\" -- set Bridge br7 sflow=@s -- set Bridge br8 sflow=@s",
        example: "del_bridge",
        line: "br7 --if-exists",
        shows: &[
            ("find Bridge name=br7", ""),
            ("--bare --columns=targets list sFlow", "192.168.5.9:6343"),
        ],
    },
    Case {
        name: "a bridge goes, with everything that it owns",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- --id=@f create Flow_Table flow_limit=1000 \
            -- --id=@g create Flow_Table flow_limit=1000 -- set Bridge br7 flow_tables={0=@f,1=@g} \
            -- --id=@a create AutoAttach system_name=s7 mappings={100=5} -- set Bridge br7 auto_attach=@a \
            -- --id=@b get Bridge br7 -- --id=@i create IPFIX targets=\"192.168.5.9:4739\" \
            -- create Flow_Sample_Collector_Set id=7 bridge=@b ipfix=@i",
        example: "del_bridge",
        line: "br7 --if-exists",
        shows: &[
            ("find Bridge name=br7", ""),
            ("list Flow_Table", ""),
            ("list AutoAttach", ""),
            ("list IPFIX", ""),
            ("list Flow_Sample_Collector_Set", ""),
        ],
    },
    Case {
        name: "a fake bridge goes, with the port of its VLAN",
        setup: "add-br br0v20 br0 20 -- add-port br0v20 int7 -- set Interface int7 type=internal",
        example: "del_bridge",
        line: "br0v20 --if-exists",
        shows: &[("find Port name=br0v20", ""), ("find Port name=int7", "")],
    },
    Case {
        name: "how a bridge works",
        setup: BR7,
        example: "set_bridge",
        line: "br7 --fail-mode secure --stp true --other-config mac-aging-time=60",
        shows: &[
            ("get Bridge br7 fail_mode stp_enable", "secure\ntrue"),
            ("get Bridge br7 other_config", "{mac-aging-time=\"60\"}"),
        ],
    },
    Case {
        name: "a port",
        setup: BR7,
        example: "add_port",
        line: "br7 int7 --type internal --vlan 40",
        shows: &[
            ("list-ports br7", "int7"),
            ("get Interface int7 type", "internal"),
            ("get Port int7 tag", "40"),
        ],
    },
    Case {
        name: "a pair of patch ports",
        setup: BR7_BR8,
        example: "add_patch",
        line: "br7 br7-to-br8 br8 br8-to-br7",
        shows: &[
            (
                "get Interface br7-to-br8 type options",
                "patch\n{peer=br8-to-br7}",
            ),
            (
                "get Interface br8-to-br7 type options",
                "patch\n{peer=br7-to-br8}",
            ),
        ],
    },
    Case {
        name: "a patch shall be absent",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-br br8 -- set Bridge br8 datapath_type=netdev \
            -- add-port br7 br7-to-br8 -- set Interface br7-to-br8 type=patch options:peer=br8-to-br7 \
            -- add-port br8 br8-to-br7 -- set Interface br8-to-br7 type=patch options:peer=br7-to-br8",
        example: "apply",
        line: "UNPATCHED --allow system-bridge",
        shows: &[("list-ports br7", ""), ("list-ports br8", "")],
    },
    Case {
        name: "a bond is split",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-br br8 -- set Bridge br8 datapath_type=netdev \
            -- add-bond br7 up7 eth0 eth1",
        example: "move_uplink",
        line: "eth1 br8 --allow owner-reverts",
        shows: &[
            ("list-ports br7", "up7"),
            ("list-ifaces br7", "eth0"),
            ("list-ports br8", "eth1"),
        ],
    },
    Case {
        name: "samples",
        setup: BR7,
        example: "set_sflow",
        line: "br7 --targets 192.168.5.9:6343 --agent-device br7 --sampling 64 --polling 10",
        shows: &[(
            "--bare --columns=targets,agent,sampling,polling list sFlow",
            "192.168.5.9:6343\nbr7\n64\n10",
        )],
    },
    Case {
        name: "no samples",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- --id=@s create sFlow targets=\"192.168.5.9:6343\" sampling=64 \
            -- set Bridge br7 sflow=@s",
        example: "clear_sflow",
        line: "br7",
        shows: &[("get Bridge br7 sflow", "[]"), ("list sFlow", "")],
    },
    Case {
        name: "a dot1q-tunnel",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 int7 trunks=5,6 -- set Interface int7 type=internal",
        example: "set_vlan",
        line: "int7 --dot1q-tunnel 9 --cvlans 5,7",
        shows: &[(
            "get Port int7 tag trunks vlan_mode cvlans",
            "9\n[]\ndot1q-tunnel\n[5, 7]",
        )],
    },
    Case {
        name: "a port goes",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 int7 tag=30 -- set Interface int7 type=internal",
        example: "del_port",
        line: "int7 --bridge br7 --if-exists",
        shows: &[("find Port name=int7", ""), ("find Interface name=int7", "")],
    },
    Case {
        name: "ghost ports go",
        setup: "add-port br0 ghost7 tag=30",
        example: "del_port",
        line: "--ghosts",
        shows: &[("find Port name=ghost7", ""), ("port-to-br tap345", "br0")],
    },
    Case {
        name: "a bond of two links",
        setup: BR7,
        example: "set_bond",
        line: "up7 --bridge br7 --uplinks eth0,eth1 --mode active-backup --primary eth0",
        shows: &[
            ("list-ifaces br7", "eth0\neth1"),
            ("list-ports br7", "up7"),
            ("get Port up7 bond_mode", "[]"),
            ("get Port up7 other_config:bond-primary", "eth0"),
        ],
    },
    Case {
        name: "a bond of a port and a link",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 eth0 tag=7",
        example: "set_bond",
        line: "up7 --bridge br7 --uplinks eth0,eth1",
        shows: &[("list-ports br7", "up7"), ("list-ifaces br7", "eth0\neth1")],
    },
    Case {
        name: "another member of the host's bond",
        // Else br0 would take eth1's hardware address, and the lab's tap of that name its routes.
        setup: "set Bridge br0 other_config:hwaddr=\"0c:c4:7a:58:91:50\"",
        example: "set_bond",
        line: "bond0 --uplinks eth1,eth2,eth3 --allow management-path --allow owner-reverts",
        shows: &[
            ("--bare --columns=name find Interface name=eth1", "eth1"),
            ("iface-to-br eth1", "br0"),
        ],
    },
    Case {
        name: "LACP of the host's bond",
        setup: "",
        example: "set_bond",
        line: "bond0 --mode balance-tcp --lacp active --lacp-time fast --lacp-fallback-ab true --rebalance-interval 30000 --allow management-path --allow owner-reverts",
        shows: &[
            ("get Port bond0 bond_mode lacp", "balance-tcp\nactive"),
            (
                "get Port bond0 other_config",
                "{bond-rebalance-interval=\"30000\", lacp-fallback-ab=\"true\", lacp-time=fast}",
            ),
        ],
    },
    Case {
        name: "a tunnel",
        setup: BR7,
        example: "add_vxlan",
        line: "br7 vx7 --remote-ip 192.168.5.9 --key 7 --dst-port 4790 --vlan 3",
        shows: &[
            ("get Interface vx7 type", "vxlan"),
            (
                "get Interface vx7 options",
                "{dst_port=\"4790\", key=\"7\", remote_ip=\"192.168.5.9\"}",
            ),
            ("get Port vx7 tag", "3"),
        ],
    },
    Case {
        name: "a tunnel's ends",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 vx7 -- set Interface vx7 type=vxlan options:remote_ip=192.168.5.9 options:key=7",
        example: "set_vxlan",
        line: "vx7 --remote-ip 192.168.5.10 --key 8",
        shows: &[(
            "get Interface vx7 options",
            "{key=\"8\", remote_ip=\"192.168.5.10\"}",
        )],
    },
    Case {
        name: "a mirror",
        setup: "add-port br0 span0 -- set Interface span0 type=internal",
        example: "mirror",
        line: "br0 m7 --ports tap345 --output-port span0",
        shows: &[
            ("--bare --columns=name list Mirror", "m7"),
            ("get Mirror m7 select_all", "false"),
        ],
    },
    Case {
        name: "a mirror goes",
        setup: "add-port br0 int7 -- set Interface int7 type=internal -- --id=@p get Port int7 \
            -- --id=@m create Mirror name=m7 select_src_port=@p select_dst_port=@p output_vlan=9 -- set Bridge br0 mirrors=@m",
        example: "mirror",
        line: "br0 m7 --delete --if-exists",
        shows: &[("list Mirror", ""), ("port-to-br int7", "br0")],
    },
    Case {
        name: "an MTU",
        setup: "add-port br0 int7 -- set Interface int7 type=internal",
        example: "mtu",
        line: "int7 1400",
        shows: &[("get Interface int7 mtu_request mtu", "1400\n1400")],
    },
    Case {
        name: "an MTU goes",
        setup: "add-port br0 int7 -- set Interface int7 type=internal mtu_request=1400",
        example: "mtu",
        line: "int7 --clear",
        shows: &[("get Interface int7 mtu_request", "[]")],
    },
    Case {
        name: "an access port",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 int7 trunks=5,6 -- set Interface int7 type=internal",
        example: "set_vlan",
        line: "int7 --access 40",
        shows: &[("get Port int7 tag trunks vlan_mode", "40\n[]\n[]")],
    },
    Case {
        name: "a trunk with a native VLAN",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 int7 tag=40 -- set Interface int7 type=internal",
        example: "set_vlan",
        line: "int7 --trunk 5,7-9 --native-untagged 5",
        shows: &[(
            "get Port int7 tag trunks vlan_mode",
            "5\n[5, 7, 8, 9]\nnative-untagged",
        )],
    },
    Case {
        name: "no VLAN",
        setup: "add-br br7 -- set Bridge br7 datapath_type=netdev -- add-port br7 int7 tag=5 trunks=5,6 vlan_mode=native-tagged -- set Interface int7 type=internal",
        example: "set_vlan",
        line: "int7 --clear",
        shows: &[("get Port int7 tag trunks vlan_mode", "[]\n[]\n[]")],
    },
    Case {
        name: "the host's own VLAN",
        setup: "",
        example: "set_vlan",
        line: "br0 --access 10 --allow management-path",
        shows: &[("get Port br0 tag", "10")],
    },
    Case {
        name: "a desired state",
        setup: "add-port br0 int7 tag=30 -- set Interface int7 type=internal -- add-br br8 -- set Bridge br8 datapath_type=netdev",
        example: "apply",
        line: "DESIRED --allow management-path --allow owner-reverts",
        shows: &[
            ("list-br", "br0\nbr0v20\nbr7"),
            ("list-ports br7", "br7-to-br0\nspan0\nstorage0\nup7\nvx7"),
            ("get Port br0 tag", "10"),
            ("find Port name=int7", ""),
            ("get Port bond0 bond_mode lacp", "balance-tcp\nactive"),
            ("--bare --columns=name list Mirror", "m7"),
            ("--bare --columns=targets list sFlow", "192.168.5.9:6343"),
            ("iface-to-br eth1", "br7"),
        ],
    },
];

const UNPATCHED: &str = r#"{"bridges": [
  {"name": "br7", "patches": [{"name": "br7-to-br8", "peer_bridge": "br8", "peer": "br8-to-br7", "absent": true}]}
]}"#;

/// As docs/desired-state.json, of devices that the lab has.
pub(crate) const DESIRED: &str = r#"{
  "bridges": [
    {"name": "br0", "vlan": {"access": 10},
     "bonds": [{"name": "bond0", "mode": "balance-tcp", "lacp": "active", "lacp_time": "fast", "lacp_fallback_ab": true}],
     "ports": [{"name": "int7", "absent": true}, {"name": "tap9", "absent": true}]},
    {"name": "br7", "datapath_type": "netdev", "fail_mode": "standalone",
     "bonds": [{"name": "up7", "uplinks": ["eth0", "eth1"], "mode": "active-backup", "primary": "eth0"}],
     "ports": [{"name": "storage0", "type": "internal", "vlan": {"access": 40}}, {"name": "span0", "type": "internal"}],
     "tunnels": [{"name": "vx7", "remote_ip": "192.168.5.9", "key": 7, "dst_port": 4789}],
     "patches": [{"name": "br7-to-br0", "peer_bridge": "br0", "peer": "br0-to-br7"}],
     "mirrors": [{"name": "m7", "output": {"port": "span0"}, "from_ports": ["storage0"]}],
     "sflow": {"targets": ["192.168.5.9:6343"], "agent": "br7", "sampling": 64, "polling_seconds": 10}},
    {"name": "br0v20", "fake": {"parent": "br0", "vlan": 20}},
    {"name": "br8", "absent": true}
  ],
  "nics": [{"mac": "50:6b:8d:00:00:20", "vlan": {"access": 32}}]
}"#;

pub(crate) fn cases(suite: &mut Suite) {
    // With the turns of all others that it may have to wait for.
    suite.limit(Duration::from_secs(900));
    for case in CASES {
        let has = Lab::from_env().and_then(|lab| Ok((lab, Example::available(case.example)?, revert()?)));
        suite.case_with(
            format!("lab: {}: {}", case.example, case.name),
            has,
            move |(lab, example, revert)| {
                let turn = lab.exclusive()?;
                let scene = Scene::set_up(&lab, &turn, &case, revert)?;
                scene.check(&case, &example)?;
                scene.put_back()
            },
        );
    }
    suite.limit(Duration::from_secs(60));
}

fn revert() -> Result<Example, Unavailable> {
    Example::available("revert")
}

/// The lab as a case wants it, and put back afterwards.
struct Scene<'t> {
    lab: &'t Lab,
    _turn: &'t ExclusiveTurn,
    revert: Example,
    directory: TempDir,
    untouched: Rows,
    is_put_back: bool,
}

impl<'t> Scene<'t> {
    fn set_up(lab: &'t Lab, turn: &'t ExclusiveTurn, case: &Case, revert: Example) -> Result<Self, Failure> {
        let directory = tempfile::tempdir().map_err(|error| Failure::new(error.to_string()))?;
        for (file, text) in [("desired.json", DESIRED), ("unpatched.json", UNPATCHED)] {
            fs::write(directory.path().join(file), text).map_err(|error| Failure::new(error.to_string()))?;
        }
        let scene = Self {
            lab,
            _turn: turn,
            revert,
            directory,
            untouched: Rows::of_lab(lab)?,
            is_put_back: false,
        };
        if !case.setup.is_empty() {
            scene.vsctl(case.setup)?;
        }
        Ok(scene)
    }

    fn vsctl(&self, line: &str) -> Result<String, Failure> {
        let words = ["ovs-vsctl", "--timeout=20"]
            .into_iter()
            .chain(line.split_whitespace());
        let printed = self.lab.run(&words.collect::<Vec<_>>())?;
        Ok(printed.trim_end().to_owned())
    }

    /// The flags of every command: the sources, and the journal of this case.
    fn flags(&self) -> Vec<String> {
        let mut flags: Vec<String> = self.lab.flags().map(str::to_owned).into();
        flags.push("--state".to_owned());
        flags.push(self.directory.path().join("state").display().to_string());
        flags
    }

    fn run(&self, example: &Example, line: &str) -> Result<Ran, Failure> {
        let file = |name: &str| self.directory.path().join(name).display().to_string();
        let words = line.split_whitespace().map(|word| match word {
            "DESIRED" => file("desired.json"),
            "UNPATCHED" => file("unpatched.json"),
            word => word.to_owned(),
        });
        let line: Vec<String> = words.chain(self.flags()).collect();
        example.run(&line.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The interfaces of which ovs-vswitchd says that they do not work.
    fn broken(&self) -> Result<String, Failure> {
        let failed = self.vsctl("--bare --columns=name find Interface error!=[]")?;
        let closed = self.vsctl("--bare --columns=name find Interface ofport=-1")?;
        Ok(format!("{failed}\n{closed}"))
    }

    /// Takes away what the case had set up.
    fn put_back(mut self) -> Outcome {
        self.vsctl(GONE)?;
        self.is_put_back = true;
        pretty_assertions::assert_eq!(Rows::of_lab(self.lab)?, self.untouched);
        Ok(())
    }

    fn check(&self, case: &Case, example: &Example) -> Outcome {
        let before = Rows::of_lab(self.lab)?;
        let broken = self.broken()?;
        let line = format!("{} --json", case.line);

        let done = report(&self.run(example, &line)?)?;
        assert_eq!(done.get("applied"), Some(&true.into()), "{done:#}");
        assert_ne!(done.get("steps"), Some(&Value::Array(Vec::new())), "{done:#}");
        for (question, answer) in case.shows {
            assert_eq!(self.vsctl(question)?, *answer, "{question}");
        }
        let root = "--bare --columns=cur_cfg,next_cfg list Open_vSwitch";
        let taken_in = self.vsctl(root)?;
        let (cur_cfg, next_cfg) = taken_in.split_once('\n').ok_or("no two lines")?;
        assert_eq!(cur_cfg, next_cfg, "ovs-vswitchd has not taken it in");
        for interface in self.broken()?.split_whitespace() {
            assert!(
                broken.contains(interface),
                "{interface} did work, and does not any more"
            );
        }

        let after = Rows::of_lab(self.lab)?;
        let again = report(&self.run(example, &line)?)?;
        assert_eq!(again.get("steps"), Some(&Value::Array(Vec::new())), "{again:#}");
        assert_eq!(again.get("applied"), Some(&false.into()), "{again:#}");
        pretty_assertions::assert_eq!(Rows::of_lab(self.lab)?, after, "an empty plan changed something");

        let reverted = self.run(&self.revert, "")?;
        assert_eq!(reverted.code, Some(0), "{reverted:?}");
        pretty_assertions::assert_eq!(Rows::of_lab(self.lab)?, before);
        Ok(())
    }
}

impl Drop for Scene<'_> {
    fn drop(&mut self) {
        if !self.is_put_back {
            let _ = self.run(&self.revert, "");
            let _ = self.vsctl(GONE);
        }
    }
}

/// The report of a command that succeeded.
fn report(ran: &Ran) -> Result<Value, Failure> {
    if ran.code != Some(0) {
        return Err(Failure::new(format!("{}{}", ran.stdout, ran.stderr)));
    }
    serde_json::from_str(&ran.stdout).map_err(|error| Failure::new(format!("{error}: {}", ran.stdout)))
}
