use crate::check::context::Context;
use crate::check::findings::{Findings, about};
use crate::check::{Fix, Object, Rule, Severity, Source};

pub(super) const RULE: Rule = Rule {
    id: "patch-unpaired",
    severity: Severity::Error,
    title: "a patch port has no peer that points back to it",
    why: "A patch cable with one end carries nothing: what is behind it is cut off from the rest of the chain.",
    needs: &[Source::Ovsdb],
    run,
};

fn run(context: &Context<'_>, findings: &mut Findings<'_>) {
    let patches = || {
        context.ovs_ports().flat_map(|(bridge, port)| {
            let interfaces = port
                .interfaces
                .iter()
                .filter(|interface| interface.type_ == "patch");
            interfaces.map(move |interface| (bridge, port, interface))
        })
    };
    for (bridge, port, interface) in patches() {
        let peer = interface.options.get("peer");
        let other = peer.and_then(|peer| patches().find(|(_, _, other)| other.name == *peer));
        let fault = match (peer, other) {
            (None, _) => "has no peer".to_owned(),
            (Some(peer), None) => format!("has the peer {peer}, which is no patch port of this host"),
            (Some(peer), Some((_, _, other))) => match other.options.get("peer") {
                Some(back) if *back == interface.name => continue,
                Some(back) => format!("has the peer {peer}, whose own peer is {back}"),
                None => format!("has the peer {peer}, which has none itself"),
            },
        };
        let what = format!("Patch port {} of {} {fault}.", port.name, bridge.name);
        let mut draft = about(Object::port(&port.name), what);
        if let (Some(peer), Some(_)) = (peer, other) {
            draft = draft.fix(Fix::ovs_vsctl(&[
                "set",
                "interface",
                peer,
                &format!("options:peer={}", interface.name),
            ]));
        } else {
            draft = draft.fixes(Fix::del_port(&bridge.name, &port.name));
        }
        findings.add(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::check::sample::{Sample, bridge, patch};

    #[test]
    fn a_patch_needs_both_ends() {
        let host = |peer: &str| {
            Sample::new()
                .port(patch("br0.u", "br.nf.d"))
                .bridge(bridge("br.nf", vec![patch("br.nf.d", peer)]))
        };
        assert!(host("br0.u").fired(RULE.id).is_empty());
        assert_eq!(
            host("elsewhere").fired(RULE.id),
            ["error port br.nf.d", "error port br0.u"]
        );
        let alone = Sample::new().port(patch("br0.u", "br.nf.d"));
        assert_eq!(alone.fired(RULE.id), ["error port br0.u"]);
    }
}
