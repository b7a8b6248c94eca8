"""Follows and changes a database through the IDL, and prints what it sees without UUIDs."""
import sys
import time

import ovs.db.idl
import ovs.poller

remote, schema, scenario = sys.argv[1:]
# Rows of one update come in no certain order, so events are printed sorted, at each look at the rows.
events = []


class Idl(ovs.db.idl.Idl):
    def notify(self, event, row, updates=None):
        name = getattr(row, "name", "-")
        changed = sorted(updates._data) if updates is not None and event == "update" else []
        if scenario == "events":
            events.append("event %s %s %s %s" % (event, row._table.name, name, changed))


def connect():
    helper = ovs.db.idl.SchemaHelper(schema)
    helper.register_all()
    return Idl(remote, helper)


def until(idl, ready):
    deadline = time.time() + 10
    while not ready():
        if time.time() > deadline:
            sys.exit("waited in vain")
        idl.run()
        if ready():
            return
        poller = ovs.poller.Poller()
        idl.wait(poller)
        poller.timer_wait(200)
        poller.block()


def show(idl, what):
    print("==", what)
    print("\n".join(sorted(events)))
    events.clear()
    for table in ("Open_vSwitch", "Bridge", "Port", "Interface"):
        for row in sorted(idl.tables[table].rows.values(), key=lambda row: getattr(row, "name", "")):
            cells = {}
            for column in ("name", "tag", "trunks", "external_ids", "type", "options", "next_cfg"):
                if column in idl.tables[table].columns:
                    cells[column] = getattr(row, column)
            print(table, sorted(cells.items()))


def commit(txn, what):
    print("commit", what, txn.commit_block(), txn.get_error() is not None)


idl = connect()
until(idl, lambda: idl.has_ever_connected())
show(idl, "at first")

txn = ovs.db.idl.Transaction(idl)
root = txn.insert(idl.tables["Open_vSwitch"])
bridge = txn.insert(idl.tables["Bridge"])
bridge.name = "br0"
for number in range(3):
    interface = txn.insert(idl.tables["Interface"])
    interface.name = "p%d" % number
    port = txn.insert(idl.tables["Port"])
    port.name = interface.name
    port.interfaces = [interface]
    bridge.addvalue("ports", port)
root.bridges = [bridge]
commit(txn, "bridge")
show(idl, "a bridge")
ports = {port.name: port for port in idl.tables["Port"].rows.values()}

txn = ovs.db.idl.Transaction(idl)
ports["p0"].tag = 5
ports["p0"].setkey("external_ids", "k", "v")
ports["p1"].trunks = [1, 2, 3]
list(idl.tables["Open_vSwitch"].rows.values())[0].increment("next_cfg")
commit(txn, "changes")
show(idl, "changes")

if scenario in ("rows", "events"):
    txn = ovs.db.idl.Transaction(idl)
    ports["p0"].tag = []
    ports["p0"].delkey("external_ids", "k")
    ports["p1"].addvalue("trunks", 9)
    ports["p1"].delvalue("trunks", 2)
    commit(txn, "more changes")
    other = connect()
    until(other, lambda: other.has_ever_connected())
    show(other, "another client")
    txn = ovs.db.idl.Transaction(other)
    gone = [port for port in other.tables["Port"].rows.values() if port.name == "p2"][0]
    list(other.tables["Bridge"].rows.values())[0].delvalue("ports", gone)
    commit(txn, "a deletion elsewhere")
    until(idl, lambda: len(idl.tables["Port"].rows) == 2)
    show(idl, "after a deletion elsewhere")
elif scenario == "conditions":
    idl.cond_change("Port", [["name", "==", "p1"]])
    until(idl, lambda: len(idl.tables["Port"].rows) == 1)
    show(idl, "one port")
    idl.cond_change("Port", [["name", "==", "p0"], ["name", "==", "p2"]])
    until(idl, lambda: sorted(port.name for port in idl.tables["Port"].rows.values()) == ["p0", "p2"])
    show(idl, "two ports")
    idl.cond_change("Port", [True])
    until(idl, lambda: len(idl.tables["Port"].rows) == 3)
    show(idl, "all ports")
elif scenario == "lock":
    idl.set_lock("the_lock")
    until(idl, lambda: idl.has_lock)
    print("holds", idl.has_lock, idl.is_lock_contended)
    other = connect()
    other.set_lock("the_lock")
    until(other, lambda: other.has_ever_connected() and other.is_lock_contended)
    print("waits", other.has_lock, other.is_lock_contended)
    txn = ovs.db.idl.Transaction(other)
    list(other.tables["Open_vSwitch"].rows.values())[0].increment("next_cfg")
    commit(txn, "without the lock")
    idl.set_lock(None)
    until(idl, lambda: not idl.has_lock)
    until(other, lambda: other.has_lock)
    print("holds now", other.has_lock)
    txn = ovs.db.idl.Transaction(other)
    list(other.tables["Open_vSwitch"].rows.values())[0].increment("next_cfg")
    commit(txn, "with the lock")
elif scenario == "verify":
    other = connect()
    until(other, lambda: other.has_ever_connected())
    txn = ovs.db.idl.Transaction(other)
    [port for port in other.tables["Port"].rows.values() if port.name == "p0"][0].tag = 77
    commit(txn, "elsewhere")
    txn = ovs.db.idl.Transaction(idl)
    ports["p0"].verify("tag")
    ports["p0"].tag = 78
    commit(txn, "what was seen is old")
    show(idl, "in the end")
elif scenario == "abort":
    txn = ovs.db.idl.Transaction(idl)
    ports["p0"].tag = 5000
    commit(txn, "a tag out of bounds")
    txn = ovs.db.idl.Transaction(idl)
    twin = txn.insert(idl.tables["Bridge"])
    twin.name = "br0"
    root = list(idl.tables["Open_vSwitch"].rows.values())[0]
    root.addvalue("bridges", twin)
    commit(txn, "a name twice")
    txn = ovs.db.idl.Transaction(idl)
    ports["p0"].delete()
    commit(txn, "a port that is referred to")
    show(idl, "in the end")
