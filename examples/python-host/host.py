"""The host: does what clients ask for. What stands in quotes, in all files, is from docs/AGENT-PROTOCOL.md.

AGENT_URL (where to listen), AGENT_TOKEN and AGENTS_DIR (the shared volume) have the values that surfaces is given.
"""

import asyncio
import hmac
import json
import logging
import os
import signal
from contextlib import aclosing
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from websockets.asyncio.server import ServerConnection, serve

from agent import AGENT, CAPABILITIES, answer
from connection import HEARTBEAT_S, Connection
from protocol import MAX_FRAME_BYTES, PROTOCOL, Failure, as_answer
from store import Store, digest
from turn import Turn

MAX_RUNNING_TURNS = 200
# Promised is the least. This host never shortens its logs: when to remove old ones is for you to decide.
RETENTION_S = 7 * 24 * 3600
# "A slow client costs the host a buffer of 256 KiB": above it `send` waits, and with it only what is for that client.
BUFFER_BYTES = 256 * 1024
KEEP_S = 30  # A turn that is over stays in memory this long, for acknowledgements; later it is read from its log.

log = logging.getLogger("host")


class Host:
    def __init__(self, store: Store):
        self.store = store
        self.newest: dict[str, Turn] = {}  # of each session, while it runs and a little longer
        self.clients: dict[str, Connection] = {}  # by `client.instance`
        self.locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def welcome(self) -> dict:
        return {
            "type": "welcome",
            "version": PROTOCOL,
            "agent": AGENT,
            "capabilities": CAPABILITIES,
            "limits": {"max_frame_bytes": MAX_FRAME_BYTES, "max_running_turns": MAX_RUNNING_TURNS},
            "heartbeat_ms": HEARTBEAT_S * 1000,
            "retention_s": RETENTION_S,
        }

    async def handle(self, request: dict, client: Connection) -> dict:
        match request["type"]:
            case "session.list":
                ids = [session["session_id"] for session in self.store.all_sessions()]
                return done(sessions=[{"session_id": session_id, **self.state_of(session_id)} for session_id in ids])
            case "snapshot.list":
                return done(snapshots=self.store.list_snapshots(request["owner"]))
            case "snapshot.delete":
                self.store.delete_snapshot(request["snapshot_id"])
                return done()
            case "agent.check":
                raise Failure("unsupported", "there is nothing behind this agent that could be asked")
            case "hello":
                raise Failure("bad_request", "this connection said hello before")
        # "Requests of one session are done one after the other, in the order in which they came."
        lock = self.locks.setdefault(request["session_id"], asyncio.Lock())
        async with lock:
            return await self.handle_in_session(request, client)

    async def handle_in_session(self, request: dict, client: Connection) -> dict:
        session_id = request["session_id"]
        if request["type"] == "session.open":
            return self.open(session_id, request["workspace"])
        session = self.store.session(session_id)
        match request["type"]:
            case "session.reset":
                self.must_be_idle(session_id)
                self.store.save_session({**session, "conversation": None})
                return done()
            case "session.close":
                if turn := self.running(session_id):
                    turn.cancel()
                    await turn.done.wait()
                return done()
            case "snapshot.save":
                self.must_be_idle(session_id)
                return done(**self.store.save_snapshot(session, request["owner"], request["name"]))
            case "snapshot.load":
                self.must_be_idle(session_id)
                self.store.load_snapshot(session, request["snapshot_id"])
                return done()
            case "context.get":
                raise Failure("unsupported", "this agent does not know what fills its context")
            case "turn.start":
                turn, resumed = self.start(session, request["turn_id"], request["input"])
                return client.follow(turn, request.get("after_seq", 0), resumed)
        turn = self.find(session_id, request["turn_id"])
        if turn is None:
            raise Failure("unknown_turn", "this turn was never started here")
        match request["type"]:
            case "turn.attach":
                return client.follow(turn, request["after_seq"], True)
            case "turn.detach":
                client.leave(turn)
            case "turn.cancel":
                turn.cancel()
            case "permission.respond":
                optional = (request.get(name) for name in ("option_id", "by", "reason"))
                turn.respond(request["permission_id"], request["outcome"], *optional)
            case "file.ack":
                return done(counted=turn.acknowledge(request["file_id"], client))
        return done()

    def open(self, session_id: str, workspace: str) -> dict:
        self.store.workspace(workspace)
        try:
            session = self.store.session(session_id)
        except Failure:
            session = {"session_id": session_id, "workspace": None, "conversation": None}
        if session["workspace"] != workspace:
            self.must_be_idle(session_id)
            self.store.save_session({**session, "workspace": workspace})
        turn = self.running(session_id)
        last_seq = {"last_seq": len(turn.frames)} if turn else {}
        return {"type": "session.opened", "session_id": session_id, **self.state_of(session_id), **last_seq}

    def start(self, session: dict, turn_id: str, blocks: list[dict]) -> tuple[Turn, bool]:
        """The turn of this id, begun or found: it is "the idempotency key"."""
        session_id, input_hash = session["session_id"], digest(json.dumps(blocks, sort_keys=True))
        known = self.find(session_id, turn_id)
        if known:
            if known.header["input_hash"] != input_hash:
                raise Failure("turn_conflict", "a turn of this id was started with another input")
            return known, True
        self.must_be_idle(session_id)
        if sum(not turn.ended for turn in self.newest.values()) >= MAX_RUNNING_TURNS:
            raise Failure("overloaded", "too many turns are running", retry_after_ms=1000)
        workspace = self.store.workspace(session["workspace"])
        header = {"session_id": session_id, "turn_id": turn_id, "input_hash": input_hash}
        turn = Turn(header, [], self.store.turn_log(session_id, turn_id))
        turn.input, turn.workspace, turn.conversation = blocks, workspace, session["conversation"]
        self.newest[session_id] = turn
        turn.work = asyncio.create_task(self.run(turn, session))
        turn.work.add_done_callback(lambda _: self.settle(turn))
        return turn, False

    def find(self, session_id: str, turn_id: str) -> Turn | None:
        """From memory, or from its log; one that was running when a host before this one died is ended first."""
        turn = self.newest.get(session_id)
        if turn and turn.turn_id == turn_id:
            return turn
        stored = self.store.read_turn(session_id, turn_id)
        if stored is None:
            return None
        turn = Turn(*stored, self.store.turn_log(session_id, turn_id))
        if not turn.ended:
            turn.end_as_crashed()
        return turn

    async def run(self, turn: Turn, session: dict) -> None:
        """Runs the agent, and ends the turn however the agent ends."""
        stop_reason, error = "error", None
        try:
            async with aclosing(answer(turn)) as events:
                async for event in events:
                    if event["type"] in ("turn.state", "turn.ended", "permission.request", "permission.resolved"):
                        raise ValueError(f"{event['type']} is the host's to say")
                    turn.emit(event)
            stop_reason = turn.stop_reason
        except Failure as failure:
            error = {"code": failure.code, "message": failure.message, "retryable": not turn.tool_started}
        except (Exception, asyncio.CancelledError):
            if not turn.cancelled and not turn.ended:
                log.exception("the agent failed in turn %s", turn.turn_id)
            message = "The agent failed unexpectedly."
            error = {"code": "internal", "message": message, "retryable": not turn.tool_started}
        if not turn.ended:  # It is where the agent was left behind; what it says then counts no more.
            try:
                self.store.save_session({**session, "conversation": turn.conversation})
            except (OSError, TypeError, ValueError):
                log.exception("the conversation of session %s cannot be stored", turn.session_id)
            if turn.cancelled:
                stop_reason, error = "cancelled", None
            turn.end(stop_reason, error)

    def settle(self, turn: Turn) -> None:
        turn.end("cancelled")  # Changes nothing, save where it was cancelled before the agent had even begun.

        def forget() -> None:
            if self.newest.get(turn.session_id) is turn:
                del self.newest[turn.session_id]

        asyncio.get_running_loop().call_later(KEEP_S, forget)

    def stop(self) -> None:
        """What runs gets at once the end that the next host would give it."""
        for turn in self.newest.values():
            turn.end_as_crashed()

    def running(self, session_id: str) -> Turn | None:
        turn = self.newest.get(session_id)
        return None if turn is None or turn.ended else turn

    def must_be_idle(self, session_id: str) -> None:
        if turn := self.running(session_id):
            extra = {"turn_id": turn.turn_id, "retry_after_ms": 200}
            raise Failure("session_busy", "a turn is running in this session", **extra)

    def state_of(self, session_id: str) -> dict:
        turn = self.running(session_id)
        return {"state": turn.state, "turn_id": turn.turn_id} if turn else {"state": "idle"}


def done(**result) -> dict:
    return {"type": "request.done", "result": result}


async def main() -> None:
    os.umask(0o007)  # What the agent makes is for the group of the volume too: shared/volume/README.md.
    url, expected = urlsplit(os.environ["AGENT_URL"]), f"Bearer {os.environ['AGENT_TOKEN']}".encode()
    host = Host(Store(Path(os.environ["AGENTS_DIR"])))

    async def on_socket(socket: ServerConnection) -> None:
        given = " ".join(socket.request.headers.get_all("Authorization")).encode("utf-8", "surrogateescape")
        if hmac.compare_digest(given, expected):
            return await Connection(host, socket).run()
        refused = as_answer(Failure("unauthorized", "the token is not this host's"))
        await socket.send(json.dumps({**refused, "re": "hello"}))
        await socket.close(4401, "unauthorized")

    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    limits = {"max_size": MAX_FRAME_BYTES, "write_limit": BUFFER_BYTES, "compression": None}
    async with serve(on_socket, url.hostname, url.port or 80, ping_interval=None, close_timeout=1, **limits):
        log.info("%s listens on %s", AGENT["name"], os.environ["AGENT_URL"])
        await stopped.wait()
        host.stop()
        await asyncio.sleep(0)  # Let the last events out. Leaving closes the connections with 1001.


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"), format="%(levelname)s %(message)s")
    logging.getLogger("websockets").setLevel(logging.WARNING)  # It tells of each connection.
    asyncio.run(main())
