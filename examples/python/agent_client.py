#!/usr/bin/env python3
"""Sees and edits a host through its agent, with nothing but Python's standard library.

    agent_client.py URL TOKEN_FILE show
    agent_client.py URL TOKEN_FILE set_vlan PORT VLAN [--confirm-within SECONDS] [--allow GUARD]...
    agent_client.py URL TOKEN_FILE confirm | revert | pending | history

URL is http://127.0.0.1:PORT or https://HOST:PORT. With --confirm-within an edit is undone unless `confirm` comes in time.
What there is besides stands in docs/agent.openrpc.json. Exit code 0 done, 1 refused or failed, 2 bad usage.
"""

import argparse
import itertools
import json
import sys
import urllib.error
import urllib.request


class AgentError(Exception):
    """What the agent refused or failed to do, in one sentence; `kind` says why (docs/agent.md)."""

    def __init__(self, message, code=None, data=None):
        super().__init__(message)
        self.code = code
        self.data = data if isinstance(data, dict) else {}
        self.kind = self.data.get("kind")


class Agent:
    """An agent; every method of it is a method here, whose parameters go by name: agent.trace(start="tap345")."""

    def __init__(self, url, token, timeout=60, context=None):
        self._url = url
        self._token = token
        self._timeout = timeout
        self._context = context
        self._ids = itertools.count(1)

    def call(self, method, **params):
        request_id = next(self._ids)
        body = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        request = urllib.request.Request(
            self._url,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout, context=self._context) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as refused:
            try:
                answer = json.load(refused)
            except ValueError:
                raise AgentError(f"the agent refused it with HTTP status {refused.code}", refused.code) from None
        except (OSError, ValueError) as lost:
            raise AgentError(f"no answer came from {self._url}, so an edit may be done or not: {lost}") from None
        error = answer.get("error")
        if error is not None:
            raise AgentError(error["message"], error["code"], error.get("data"))
        if answer.get("id") != request_id:
            raise AgentError(f"{self._url} answered another question: is it an agent?")
        return answer["result"]

    def __getattr__(self, method):
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda **params: self.call(method, **params)

    def edit(self, intent, allow=(), confirm_within=None):
        """Plans an edit and applies it; gives the plan and what became of it."""
        plan = self.plan(intent=intent, allow=list(allow))
        params = {} if confirm_within is None else {"confirm_within_ms": int(confirm_within * 1000)}
        return plan, self.apply(plan=plan, **params)


def show(agent):
    for bridge in agent.show()["bridges"]:
        print(bridge["name"])
        for port in bridge["ports"]:
            guest = (port.get("attachment") or {}).get("domain", "")
            print(f"  {port['name']}\t{port['role']}\t{'' if port.get('tag') is None else port['tag']}\t{guest}".rstrip())


def set_vlan(agent, arguments):
    intent = {"set_vlan": {"port": arguments.port, "vlan": {"access": arguments.vlan}}}
    plan, report = agent.edit(intent, arguments.allow, arguments.confirm_within)
    for step in plan["steps"]:
        print(f"{step['object']}: {step['what']}")
    print(json.dumps(report))


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("url")
    parser.add_argument("token_file")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("show", "confirm", "revert", "pending", "history"):
        commands.add_parser(name)
    edit = commands.add_parser("set_vlan")
    edit.add_argument("port")
    edit.add_argument("vlan", type=int)
    edit.add_argument("--confirm-within", type=float)
    edit.add_argument("--allow", action="append", default=[])
    return parser.parse_args(arguments)


def main(arguments):
    arguments = parse(arguments)
    try:
        with open(arguments.token_file, encoding="ascii") as file:
            agent = Agent(arguments.url, file.read().strip())
        if arguments.command == "show":
            show(agent)
        elif arguments.command == "set_vlan":
            set_vlan(agent, arguments)
        else:
            print(json.dumps(agent.call(arguments.command)))
    except (AgentError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
