#!/usr/bin/env python3
"""Sees and edits a host through its agent, with nothing but Python's standard library.

    agent_client.py URL TOKEN_FILE show
    agent_client.py URL TOKEN_FILE set_vlan PORT VLAN [--confirm-within SECONDS] [--allow GUARD]...
    agent_client.py URL TOKEN_FILE confirm | revert | pending | history

URL is http://127.0.0.1:PORT or https://HOST:PORT; plain http only on this host, as the token would be read on the way. No proxy is
used and no redirect followed: the token goes to the agent alone. The token's file must be closed to others (chmod 0600). With --confirm-within an edit is undone unless `confirm` comes in time.
What there is besides stands in docs/agent.openrpc.json. Exit code 0 done, 1 refused or failed, 2 bad usage.
"""

import argparse
import http.client
import ipaddress
import itertools
import json
import os
import stat
import sys
import urllib.error
import urllib.parse
import urllib.request

EDITS = ("apply", "confirm", "revert", "recover")


class AgentError(Exception):
    """What the agent refused or failed to do, in one sentence; `kind` says why (docs/agent.md)."""

    def __init__(self, message, code=None, data=None):
        super().__init__(message)
        self.code = code
        self.data = data if isinstance(data, dict) else {}
        self.kind = self.data.get("kind")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An agent sends nobody elsewhere; who does would get the token."""

    def redirect_request(self, *_):
        return None


def check_url(url):
    """Refuses what is no URL of an agent, and what would show the token to everybody on the way."""
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        raise AgentError(f"{url!r} is no URL of an agent: write http://127.0.0.1:PORT or https://HOST:PORT")
    if parts.scheme == "http" and not is_loopback(host):
        raise AgentError(f"{url} would send the token in the clear: use https://, or a tunnel to a loopback address")


def is_loopback(host):
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(path):
    """The token that stands alone in a file which is closed to others; it is in no message."""
    with open(path, "rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise AgentError(f"the token file {path} can be read or written by others: chmod 0600 it")
        token = file.read(1 << 16).strip()
    if not token or any(not 0x21 <= byte <= 0x7E for byte in token):
        raise AgentError(f"the token file {path} holds no token, or more than that: write it alone on a line")
    return token.decode("ascii")


class Agent:
    """An agent; every method of it is a method here, whose parameters go by name: agent.trace(start="tap345")."""

    def __init__(self, url, token, timeout=60, context=None):
        check_url(url)
        if not token or any(not "!" <= letter <= "~" for letter in token):
            raise AgentError("a token has letters and digits only")
        self._url = url
        self._token = token
        self._timeout = timeout
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), NoRedirect(), urllib.request.HTTPSHandler(context=context)
        )
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
            with self._opener.open(request, timeout=self._timeout) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as refused:
            try:
                answer = json.load(refused)
            except (OSError, ValueError, http.client.HTTPException):
                answer = None
            if not isinstance(answer, dict) or "error" not in answer:
                raise AgentError(f"the agent refused it with HTTP status {refused.code}", refused.code) from None
        except (OSError, ValueError, http.client.HTTPException) as lost:
            raise AgentError(self._lost(method, lost)) from None
        if not isinstance(answer, dict):
            raise AgentError(self._lost(method, "what came is no answer"))
        error = answer.get("error")
        if error is not None:
            raise AgentError(error["message"], error["code"], error.get("data"))
        if answer.get("id") != request_id:
            raise AgentError(f"{self._url} answered another question: is it an agent?")
        return answer["result"]

    def _lost(self, method, why):
        reason = getattr(why, "reason", why)
        if isinstance(reason, (ConnectionRefusedError, FileNotFoundError)):
            return f"{self._url} cannot be reached ({reason}), so nothing was asked: is the agent running?"
        if method in EDITS:
            return f"the answer of {self._url} was lost ({reason}), so the edit may be done or not: ask pending and history"
        return f"no answer came from {self._url}: {reason}"

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
        agent = Agent(arguments.url, read_token(arguments.token_file))
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
