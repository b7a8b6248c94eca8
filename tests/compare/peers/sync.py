"""Fills a replica of Port and Interface by Python's IDL, and ends."""
import sys

import ovs.db.idl
import ovs.json
import ovs.poller

if ovs.json.PARSER != ovs.json.PARSER_C:
    sys.exit("the C extension of ovs.json is not there")

remote, schema = sys.argv[1:]
helper = ovs.db.idl.SchemaHelper(schema)
helper.register_table("Port")
helper.register_table("Interface")
idl = ovs.db.idl.Idl(remote, helper)
while not idl.has_ever_connected():
    idl.run()
    if idl.has_ever_connected():
        break
    poller = ovs.poller.Poller()
    idl.wait(poller)
    poller.block()
if not idl.tables["Port"].rows:
    sys.exit("no rows came")
