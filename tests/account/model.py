"""Requests and answers of AWS's protocols, read and written by botocore's models of the services."""

import base64
import json
import re
from datetime import datetime, timezone
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel

SERVICES = ("sts", "eks", "ec2", "iam", "autoscaling", "cloudformation", "cloudtrail")


class Refusal(Exception):
    """An answer that is an error of AWS."""

    def __init__(self, code, message, status=400):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class Service:
    """One service, as its model describes it."""

    def __init__(self, name, loader):
        self.name = name
        self.model = ServiceModel(loader.load_service_model(name, "service-2"), name)
        self.protocol = self.model.metadata["protocol"]
        self.pages = loader.load_service_model(name, "paginators-1")["pagination"]
        self.routes = self._routes() if self.protocol == "rest-json" else []

    def _routes(self):
        routes = []
        for name in self.model.operation_names:
            operation = self.model.operation_model(name)
            path = operation.http["requestUri"].split("?")[0]
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
            routes.append((operation.http["method"], re.compile(pattern + "/?$"), operation))
        return routes

    def read(self, method, target, headers, body):
        """The operation that is asked for, and its parameters."""
        if self.protocol == "rest-json":
            return self._read_rest(method, target, body)
        if self.protocol == "json":
            name = headers.get("X-Amz-Target", "").rpartition(".")[2]
            return self._operation(name), json.loads(body or b"{}")
        pairs = parse_qsl(body.decode() or urlsplit(target).query, keep_blank_values=True)
        tree = {}
        for key, value in pairs:
            node = tree
            *parents, leaf = key.split(".")
            for part in parents:
                node = node.setdefault(part, {})
            node[leaf] = value
        operation = self._operation(tree.get("Action", ""))
        if operation.input_shape is None:
            return operation, {}
        return operation, self._from_query(operation.input_shape, tree)

    def _operation(self, name):
        if name not in self.model.operation_names:
            raise Refusal("InvalidAction", f"The action {name} is not valid for this web service.")
        return self.model.operation_model(name)

    def _read_rest(self, method, target, body):
        parts = urlsplit(target)
        for wanted, pattern, operation in self.routes:
            match = pattern.match(parts.path) if wanted == method else None
            if match:
                break
        else:
            raise Refusal("UnknownOperationException", f"no such path: {parts.path}", 404)
        values = json.loads(body) if body else {}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        members = operation.input_shape.members if operation.input_shape else {}
        for name, shape in members.items():
            place, key = shape.serialization.get("location"), shape.serialization.get("name", name)
            if place == "uri":
                values[name] = unquote(match.group(key))
            elif place == "querystring" and key in query:
                values[name] = scalar(shape, query[key])
        return operation, values

    def _from_query(self, shape, tree):
        ec2 = self.protocol == "ec2"
        if shape.type_name == "structure":
            found = {}
            for name, member in shape.members.items():
                key = member.serialization.get("queryName") if ec2 else None
                key = key or member.serialization.get("name", name)
                key = key[:1].upper() + key[1:] if ec2 else key
                if key in tree:
                    found[name] = self._from_query(member, tree[key])
            return found
        if shape.type_name == "list":
            if not ec2 and not shape.serialization.get("flattened"):
                tree = tree.get(shape.member.serialization.get("name", "member"), {}) if tree else {}
            return [self._from_query(shape.member, tree[key]) for key in sorted(tree, key=int)] if tree else []
        return scalar(shape, tree)

    def write(self, operation, result, kept=None):
        """The answer's body. `kept` holds what was written before of things that do not change."""
        writer = Writer(self, {} if kept is None else kept)
        if self.protocol in ("rest-json", "json"):
            shape = operation.output_shape
            return json.dumps(writer.plain(shape, result) if shape else {}).encode()
        inner = writer.members(operation.output_shape, result, top=True) if operation.output_shape else ""
        name, xmlns = operation.name, self.model.metadata.get("xmlNamespace", "")
        if self.protocol == "ec2":
            xmlns = xmlns or f"http://ec2.amazonaws.com/doc/{self.model.api_version}/"
            text = f'<{name}Response xmlns="{xmlns}"><requestId>{REQUEST}</requestId>{inner}</{name}Response>'
        else:
            wrapper = operation.output_shape.serialization.get("resultWrapper") if operation.output_shape else None
            inner = f"<{wrapper}>{inner}</{wrapper}>" if wrapper else inner
            about = f"<ResponseMetadata><RequestId>{REQUEST}</RequestId></ResponseMetadata>"
            text = f'<{name}Response xmlns="{xmlns}">{inner}{about}</{name}Response>'
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode()

    def write_refusal(self, refusal):
        """Headers and body of an error."""
        code, message = refusal.code, refusal.message
        if self.protocol in ("rest-json", "json"):
            body = json.dumps({"__type": code, "message": message}).encode()
            return {"Content-Type": self.content_type, "x-amzn-ErrorType": code}, body
        error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        if self.protocol == "ec2":
            text = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{REQUEST}</RequestID></Response>"
        else:
            error = f"<Error><Type>Sender</Type>{error}</Error><RequestId>{REQUEST}</RequestId>"
            text = f'<ErrorResponse xmlns="{self.model.metadata.get("xmlNamespace", "")}">{error}</ErrorResponse>'
        return {"Content-Type": self.content_type}, text.encode()

    @property
    def content_type(self):
        kinds = {"rest-json": "application/json", "json": "application/x-amz-json-1.1"}
        return kinds.get(self.protocol, "text/xml;charset=UTF-8")


class Writer:
    """What documents say, on the wire."""

    def __init__(self, service, kept):
        self.service, self.kept = service, kept

    def members(self, shape, value, top=False):
        text = []
        for key, item in value.items():
            member = shape.members.get(key)
            if member is None:
                raise KeyError(f"{self.service.name} knows no {shape.name}.{key}")
            tag = member.serialization.get("name", key)
            if member.type_name == "list" and member.serialization.get("flattened"):
                tag = member.member.serialization.get("name", tag)
                text.extend(self.element(member.member, tag, one) for one in item)
            elif top and member.type_name == "list":
                inner = member.member.serialization.get("name", "member")
                text.append(f"<{tag}>{''.join(self.once(member.member, inner, one) for one in item)}</{tag}>")
            else:
                text.append(self.element(member, tag, item))
        return "".join(text)

    def once(self, shape, tag, value):
        if not isinstance(value, Lasting):
            return self.element(shape, tag, value)
        key = (shape.name, id(value))
        if key not in self.kept:
            self.kept[key] = self.element(shape, tag, value)
        return self.kept[key]

    def element(self, shape, tag, value):
        kind = shape.type_name
        if kind == "structure":
            inner = self.members(shape, value)
        elif kind == "list":
            inner_tag = shape.member.serialization.get("name", "member")
            inner = "".join(self.element(shape.member, inner_tag, one) for one in value)
        elif kind == "map":
            inner = "".join(
                f"<entry>{self.element(shape.key, 'key', key)}{self.element(shape.value, 'value', one)}</entry>"
                for key, one in value.items()
            )
        elif kind == "timestamp":
            inner = moment(value).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment(value).microsecond // 1000:03}Z"
        elif kind == "boolean":
            inner = "true" if value else "false"
        elif kind == "string" and isinstance(value, (dict, list)):
            # Policies, which the AWS CLI shows as JSON.
            inner = quote(json.dumps(value))
        else:
            inner = escape(str(value))
        return f"<{tag}>{inner}</{tag}>"

    def plain(self, shape, value):
        kind = shape.type_name
        if kind == "structure":
            for key in value:
                if key not in shape.members:
                    raise KeyError(f"{self.service.name} knows no {shape.name}.{key}")
            return {
                shape.members[key].serialization.get("name", key): self.plain(shape.members[key], item)
                for key, item in value.items()
            }
        if kind == "list":
            return [self.plain(shape.member, one) for one in value]
        if kind == "map":
            return {key: self.plain(shape.value, one) for key, one in value.items()}
        if kind == "timestamp":
            return moment(value).timestamp()
        return value


class Lasting(dict):
    """A thing of the account, which stays as it is as long as the account."""


REQUEST = "00000000-0000-4000-8000-000000000000"


def scalar(shape, text):
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name == "boolean":
        return text == "true"
    if shape.type_name == "blob":
        return base64.b64decode(text)
    return text


def moment(value):
    """A time, as a document has it."""
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, timezone.utc)
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(timezone.utc)


@lru_cache(maxsize=None)
def services():
    """By the name in the scope of a signature."""
    loader = Loader()
    return {name: Service(name, loader) for name in SERVICES}
