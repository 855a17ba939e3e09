"""A line to the server that can be cut at a chosen word: the server hears it, its answer is lost."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

PORT = 5432


class Cutter:
    """Stands between a store and the server of `url`; a context manager. Its own address is `url`."""

    def __init__(self, url: str, folder: Path) -> None:
        self._server = Path(parse_qs(urlsplit(url).query)["host"][0]) / f".s.PGSQL.{PORT}"
        self.url = f"{url.split('?', 1)[0]}?host={folder}"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / f".s.PGSQL.{PORT}"))
        self._listening.listen()
        self._word: bytes | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, word: bytes) -> None:
        """The next time a client says `word`, it is passed on and the client's line is cut."""
        self._word = word

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._word is not None and self._word in data:
                    self._word = None
                    client.shutdown(socket.SHUT_RDWR)
                    server.sendall(data)
                    break
                server.sendall(data)
        with suppress(OSError):
            # It carries out what it has read, and then sees that nobody is there any more.
            server.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
