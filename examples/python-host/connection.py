"""One client: "Connection", and the "Rules" about requests and answers."""

import asyncio
import json
import logging
from collections.abc import Coroutine
from contextlib import suppress

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from protocol import PROTOCOL, SHAPES, Failure, as_answer, parse
from turn import Turn

HELLO_S, HEARTBEAT_S = 5, 15
MOST_REQUESTS = 256  # of one connection that wait for their answer; it is not read further meanwhile
MOST_MALFORMED = 32

log = logging.getLogger("host")


class Connection:
    """One client. Each of its requests, and each turn that it follows, has a task; `send` waits where it is slow."""

    def __init__(self, host, socket: ServerConnection):
        self.host, self.socket = host, socket
        self.instance: str | None = None  # None until it said hello
        self.heard_at = asyncio.get_running_loop().time()
        self.malformed = 0
        self.tasks: set[asyncio.Task] = set()  # requests that are not answered yet
        self.following: dict[Turn, asyncio.Task] = {}

    @property
    def is_open(self) -> bool:
        return self.socket.state is State.OPEN

    async def run(self) -> None:
        heartbeat = asyncio.create_task(self.beat())
        try:
            with suppress(ConnectionClosed):
                async for raw in self.socket:
                    self.heard_at = asyncio.get_running_loop().time()
                    if len(self.tasks) >= MOST_REQUESTS:
                        await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
                    self.spawn(self.on_frame(raw))
        finally:
            heartbeat.cancel()
            for turn in list(self.following):
                self.leave(turn)
            if self.host.clients.get(self.instance) is self:
                del self.host.clients[self.instance]

    async def beat(self) -> None:
        """Points 2 and 5 of "Connection". These pings are messages; those of WebSocket itself are another thing."""
        now = asyncio.get_running_loop().time
        since = now()
        while True:
            await asyncio.sleep(HEARTBEAT_S / 8)
            silent = now() - self.heard_at
            if self.instance is None:
                if now() - since >= HELLO_S:
                    return await self.socket.close(4408, "no hello in time")
            elif silent >= HEARTBEAT_S:
                return await self.socket.close(4408, "silent")
            elif silent >= HEARTBEAT_S / 2:
                self.spawn(self.send({"type": "ping", "nonce": str(round(silent * 1000))}))

    async def on_frame(self, raw: str | bytes) -> None:
        message, problem = parse(raw)
        self.malformed = self.malformed + 1 if problem else 0
        close = (1008, "too many malformed frames") if self.malformed >= MOST_MALFORMED else None
        try:
            if problem:
                raise Failure("bad_request", problem)
            reply = await self.reply_to(message)
        except Failure as failure:
            reply = as_answer(failure)
            if failure.code == "unsupported_version":
                close = (4406, failure.code)
        except Exception:
            log.exception("a request failed")
            reply = as_answer(Failure("internal", "the host failed; its log says why"))
        if reply:
            request_id = message.get("id")
            is_id = isinstance(request_id, str) and 1 <= len(request_id) <= 64
            await self.send({**reply, "re": request_id} if is_id else reply)
        if close:
            await self.socket.close(*close)

    async def reply_to(self, message: dict) -> dict | None:
        match message["type"]:
            case "pong":
                return None
            case "ping":
                return {"type": "pong", "nonce": message["nonce"]}
            case unknown if f"client.{unknown}" not in SHAPES:
                if "id" not in message:
                    return None
                raise Failure("unsupported", f"{unknown[:64]} is not known here")
            case "hello" if self.instance is None:
                return self.greet(message)
            case _ if self.instance is None:
                raise Failure("bad_request", "the first message has to be hello")
        return await self.host.handle(message, self)

    def greet(self, hello: dict) -> dict:
        if PROTOCOL not in hello["versions"]:
            raise Failure("unsupported_version", f"this host speaks {PROTOCOL}")
        self.instance = hello["client"]["instance"]
        older = self.host.clients.get(self.instance)
        self.host.clients[self.instance] = self
        if older:
            self.spawn(older.socket.close(4409, "replaced by a newer connection"))
        return self.host.welcome

    def follow(self, turn: Turn, after_seq: int, resumed: bool) -> dict:
        """The answer. Behind it come all after `after_seq`, then what is new: one task keeps them in order."""
        self.leave(turn)
        answering = asyncio.current_task()  # It ends when the answer is sent.
        after_seq = min(after_seq, len(turn.frames))

        async def pump() -> None:
            await asyncio.wait([answering])
            with suppress(ConnectionClosed):
                async for frame in turn.frames_after(after_seq):
                    await self.socket.send(frame)
            self.following.pop(turn, None)

        turn.attached.append(self)
        self.following[turn] = asyncio.create_task(pump())
        place = {"session_id": turn.session_id, "turn_id": turn.turn_id, "last_seq": len(turn.frames)}
        return {"type": "turn.started", **place, "resumed": resumed}

    def leave(self, turn: Turn) -> None:
        if task := self.following.pop(turn, None):
            task.cancel()
        if self in turn.attached:
            turn.attached.remove(self)

    def spawn(self, work: Coroutine) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def send(self, message: dict) -> None:
        with suppress(ConnectionClosed):
            await self.socket.send(json.dumps(message))
