"""One TCP connection with full segments: `traffic.py serve PORT`, or `traffic.py move up|down ADDRESS PORT BYTES`.

`move` sends or fetches so many bytes, and prints the size of the segments and a checksum of what came at the other end.
"""
import hashlib, socket, socketserver, sys


def pattern(count):
    """The same bytes at both ends, no two segments alike."""
    return hashlib.shake_128(b"full segments").digest(count)


def receive(connection, count):
    data = bytearray()
    while len(data) < count:
        chunk = connection.recv(65536)
        if not chunk:
            break
        data += chunk
    return bytes(data)


class Server(socketserver.BaseRequestHandler):
    def handle(self):
        what, count = self.request.makefile("r").readline().split()
        if what == "down":
            self.request.sendall(pattern(int(count)))
        else:
            whole = receive(self.request, int(count)) == pattern(int(count))
            self.request.sendall(b"whole\n" if whole else b"not whole\n")


def serve(port):
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("", int(port)), Server) as server:
        server.serve_forever()


def move(what, address, port, count):
    with socket.create_connection((address, int(port))) as connection:
        connection.sendall(f"{what} {count}\n".encode())
        if what == "down":
            said = "whole" if receive(connection, int(count)) == pattern(int(count)) else "not whole"
        else:
            connection.sendall(pattern(int(count)))
            said = connection.makefile("r").readline().strip()
        # Without TCP's timestamps, which take 12 bytes of each segment.
        size = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    print(said, size)


{"serve": serve, "move": move}[sys.argv[1]](*sys.argv[2:])
