"""The lists of a cluster's API on loopback, and a kubeconfig for it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NODES, PODS, EVENTS = "/api/v1/nodes", "/api/v1/pods", "/api/v1/events"
POOLS, CLAIMS = "/apis/karpenter.sh/v1/nodepools", "/apis/karpenter.sh/v1/nodeclaims"
CLASSES = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses"
OWN_CLASSES = "/apis/eks.amazonaws.com/v1/nodeclasses"
CONFIG_MAP = "/api/v1/namespaces/kube-system/configmaps/aws-auth"

KINDS = {
    NODES: ("v1", "Node"),
    PODS: ("v1", "Pod"),
    EVENTS: ("v1", "Event"),
    POOLS: ("karpenter.sh/v1", "NodePool"),
    CLAIMS: ("karpenter.sh/v1", "NodeClaim"),
    CLASSES: ("karpenter.k8s.aws/v1", "EC2NodeClass"),
    OWN_CLASSES: ("eks.amazonaws.com/v1", "NodeClass"),
}


class Cluster(ThreadingHTTPServer):
    """What is not among its objects is no kind that the cluster knows, as long as the `with` lasts."""

    daemon_threads = True

    def __init__(self, objects, deny=()):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects, self.deny, self.asked = {NODES: [], PODS: [], EVENTS: [], **objects}, set(deny), []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def kubeconfig(self, path):
        context = {"cluster": "prod", "user": "somebody"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "prod", "cluster": {"server": self.url}}],
            "users": [{"name": "somebody", "user": {"token": "of-a-test"}}],
            "contexts": [{"name": "prod", "context": context}],
            "current-context": "prod",
        }
        path.write_text(json.dumps(config))
        return path

    def answer(self, target):
        parts = urlsplit(target)
        self.asked.append(target)
        if parts.path in self.deny:
            return status(403, "Forbidden", f'User "somebody" cannot list resource at {parts.path}')
        if parts.path not in self.objects:
            return status(404, "NotFound", "the server could not find the requested resource")
        if parts.path == CONFIG_MAP:
            return 200, self.objects[parts.path]
        version, kind = KINDS[parts.path]
        selector = parse_qs(parts.query).get("fieldSelector", [""])[0]
        # An API server leaves out of a list's items what the list says for all of them.
        items = [it for it in self.objects[parts.path] if selected(it, selector)]
        return 200, {"apiVersion": version, "kind": f"{kind}List", "metadata": {}, "items": items}


def selected(item, selector):
    """A field selector with `=` and `!=`."""
    for one in filter(None, selector.split(",")):
        unlike = "!=" in one
        path, _, value = one.partition("!=" if unlike else "=")
        found = item
        for part in {"source": "source.component"}.get(path, path).split("."):
            found = found.get(part, {})
        if (found == value) == unlike:
            return False
    return True


def status(code, reason, message):
    return code, {
        "apiVersion": "v1",
        "kind": "Status",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


class Handler(BaseHTTPRequestHandler):
    """HTTP, kept alive."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        code, body = self.server.answer(self.path)
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Nothing."""
