"""One TCP connection with full segments: `traffic.py serve PORT`, or `traffic.py move up|down ADDRESS PORT BYTES`.

`move` sends or fetches so many bytes, and prints the size of the segments and a checksum of what came at the other end.
"""
import hashlib, socket, socketserver, sys


def pattern(count):
    """The same bytes at both ends, no two segments alike."""
    return hashlib.shake_128(b"full segments").digest(count)


class Server(socketserver.StreamRequestHandler):
    def handle(self):
        what, count = self.rfile.readline().split()
        data = pattern(int(count))
        if what == b"down":
            self.wfile.write(data)
        else:
            self.wfile.write(b"whole\n" if self.rfile.read(len(data)) == data else b"not whole\n")


def serve(port):
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("", int(port)), Server) as server:
        server.serve_forever()


def move(what, address, port, count):
    data = pattern(int(count))
    with socket.create_connection((address, int(port))) as connection:
        answer = connection.makefile("rb")
        connection.sendall(f"{what} {count}\n".encode())
        if what == "down":
            said = "whole" if answer.read(len(data)) == data else "not whole"
        else:
            connection.sendall(data)
            said = answer.readline().decode().strip()
        # Without TCP's timestamps, which take 12 bytes of each segment.
        size = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    print(said, size)


{"serve": serve, "move": move}[sys.argv[1]](*sys.argv[2:])
