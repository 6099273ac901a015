import re as _gl_re
import unicodedata as _gl_unicodedata

# What every expression finds. `_gl_in` is what is known, `_gl_host` asks for more. The interpreter can't ask from
# within `in`, `==`, `for` and the like, so what these need is fetched before.

_gl_messages = []


def _gl_thaw(value):
    if isinstance(value, dict):
        if "$object" in value:
            return _gl_object(value["$object"], _gl_in["objects"].get(str(value.get("pk")), value))
        return {key: _gl_thaw(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_gl_thaw(one) for one in value]
    return value


def _gl_object(kind, facts):
    if kind == "user":
        return _gl_User(facts)
    if kind == "group":
        return _gl_Group(facts)
    if kind == "invitation":
        return _gl_Invitation(facts)
    return _gl_Thing(facts)


def _gl_fill(self, facts):
    for key, value in facts.items():
        if key[0] != "$":
            setattr(self, key, value)


class _gl_Thing:
    def __init__(self, facts):
        self._gl_kind = facts.get("$object")
        _gl_fill(self, {key: _gl_thaw(one) for key, one in facts.items()})

    def __eq__(self, other):
        return hasattr(other, "pk") and self.pk is not None and self.pk == other.pk

    def __hash__(self):
        return hash(self.pk)

    def __str__(self):
        return str(getattr(self, "name", self.pk))


class _gl_Query:
    def __init__(self, kind, conditions, order):
        self._kind = kind
        self._conditions = conditions
        self._order = order
        found = _gl_host("query", kind, conditions, order)
        self._total = found["total"]
        self._items = [_gl_object(kind, facts) for facts in found["items"]]

    def filter(self, *args, **wanted):
        return _gl_Query(self._kind, self._conditions + [[True, wanted]], self._order)

    def exclude(self, **wanted):
        return _gl_Query(self._kind, self._conditions + [[False, wanted]], self._order)

    def order_by(self, *names):
        return _gl_Query(self._kind, self._conditions, list(names))

    def all(self):
        return self

    def distinct(self):
        return self

    def select_related(self, *names):
        return self

    def prefetch_related(self, *names):
        return self

    def exists(self):
        return self._total > 0

    def count(self):
        return self._total

    def first(self):
        return self._items[0] if self._items else None

    def last(self):
        return self._items[-1] if self._items else None

    def get(self, **wanted):
        found = self.filter(**wanted) if wanted else self
        if found._total == 0:
            raise LookupError(f"{self._kind.title()} matching query does not exist.")
        if found._total > 1:
            raise LookupError(f"get() returned more than one {self._kind.title()}.")
        return found._items[0]

    def values_list(self, *names, flat=False):
        if flat:
            return [getattr(one, names[0]) for one in self._items]
        return [tuple([getattr(one, name) for name in names]) for one in self._items]

    def __contains__(self, one):
        return one in self._items

    def __iter__(self):
        if self._total > len(self._items):
            raise RuntimeError(f"More than {len(self._items)} objects: filter them, or ask .exists() or .count().")
        return iter(self._items)


class _gl_Manager:
    def __init__(self, kind, conditions):
        self._kind = kind
        self._conditions = conditions

    def all(self):
        return _gl_Query(self._kind, self._conditions, [])

    def filter(self, *args, **wanted):
        return _gl_Query(self._kind, self._conditions + [[True, wanted]], [])

    def exclude(self, **wanted):
        return _gl_Query(self._kind, self._conditions + [[False, wanted]], [])

    def order_by(self, *names):
        return _gl_Query(self._kind, self._conditions, list(names))

    def get(self, **wanted):
        return self.all().get(**wanted)

    def first(self):
        return self.all().first()

    def exists(self):
        return self.all().exists()

    def count(self):
        return self.all().count()


class _gl_User:
    objects = _gl_Manager("user", [])
    DoesNotExist = LookupError

    def __init__(self, facts):
        self._gl_kind = "user"
        _gl_fill(self, facts)
        self.groups = _gl_Manager("group", [[True, {"pk__in": facts.get("$groups", [])}]])
        self.ak_groups = self.groups

    def all_groups(self):
        return _gl_Query("group", [[True, {"pk__in": _gl_host("groups", self.pk)}]], [])

    def group_attributes(self, request=None):
        merged = {}
        for group in self.all_groups():
            merged.update(group.attributes)
        merged.update(self.attributes)
        return merged

    def has_usable_password(self):
        return self._gl_usable

    def check_password(self, password):
        _gl_missing("check_password")

    def __eq__(self, other):
        return hasattr(other, "pk") and self.pk is not None and self.pk == other.pk

    def __hash__(self):
        return hash(self.pk)

    def __str__(self):
        return self.username


class _gl_Group:
    objects = _gl_Manager("group", [])
    DoesNotExist = LookupError

    def __init__(self, facts):
        self._gl_kind = "group"
        _gl_fill(self, facts)
        self.users = _gl_Manager("user", [[True, {"groups__pk": facts.get("pk")}]])

    def __eq__(self, other):
        return hasattr(other, "pk") and self.pk == other.pk

    def __hash__(self):
        return hash(self.pk)

    def __str__(self):
        return self.name


class _gl_Invitation:
    objects = _gl_Manager("invitation", [])
    DoesNotExist = LookupError

    def __init__(self, facts):
        self._gl_kind = "invitation"
        _gl_fill(self, facts)

    def __eq__(self, other):
        return hasattr(other, "pk") and self.pk == other.pk

    def __hash__(self):
        return hash(self.pk)

    def __str__(self):
        return self.name


class _gl_Address:
    def __init__(self, facts):
        _gl_fill(self, facts)

    def __eq__(self, other):
        return isinstance(other, _gl_Address) and self._gl_bits == other._gl_bits

    def __hash__(self):
        return hash(self._gl_bits)

    def __str__(self):
        return self._gl_text

    def __repr__(self):
        return f"IPv{self.version}Address('{self._gl_text}')"


class _gl_Network:
    def __init__(self, facts):
        _gl_fill(self, facts)

    def __contains__(self, address):
        if not isinstance(address, _gl_Address) or address.version != self.version:
            return False
        return address._gl_bits[:self.prefixlen] == self._gl_bits[:self.prefixlen]

    def subnet_of(self, other):
        return (other.version == self.version and other.prefixlen <= self.prefixlen
                and other._gl_bits[:other.prefixlen] == self._gl_bits[:other.prefixlen])

    def __eq__(self, other):
        return isinstance(other, _gl_Network) and self._gl_text == other._gl_text

    def __hash__(self):
        return hash(self._gl_text)

    def __str__(self):
        return self._gl_text


class _gl_Plan:
    def __init__(self, context):
        self.context = context
        self.bindings = []
        self.markers = []

    def redirect(self, url):
        self.context["redirect"] = url


class _gl_Bag:
    def __init__(self, facts):
        _gl_fill(self, facts)


class _gl_Logger:
    def debug(self, text="", **facts):
        _gl_host("log", "debug", str(text), facts)

    def info(self, text="", **facts):
        _gl_host("log", "info", str(text), facts)

    def warning(self, text="", **facts):
        _gl_host("log", "warning", str(text), facts)

    def error(self, text="", **facts):
        _gl_host("log", "error", str(text), facts)

    def exception(self, text="", **facts):
        _gl_host("log", "error", str(text), facts)


def _gl_missing(name):
    raise NotImplementedError(f"uses what is not available here: {name}")


class _gl_Requests:
    def get(self, *args, **kwargs):
        _gl_missing("requests (policies have no network)")

    def post(self, *args, **kwargs):
        _gl_missing("requests (policies have no network)")

    def put(self, *args, **kwargs):
        _gl_missing("requests (policies have no network)")

    def delete(self, *args, **kwargs):
        _gl_missing("requests (policies have no network)")

    def request(self, *args, **kwargs):
        _gl_missing("requests (policies have no network)")


def resolve_dns(*args, **kwargs):
    _gl_missing("resolve_dns (policies have no network)")


def reverse_dns(*args, **kwargs):
    _gl_missing("reverse_dns (policies have no network)")


def ak_send_email(*args, **kwargs):
    _gl_missing("ak_send_email")


def ak_create_jwt(*args, **kwargs):
    _gl_missing("ak_create_jwt")


def ak_create_jwt_raw(*args, **kwargs):
    _gl_missing("ak_create_jwt_raw")


def _gl_at_ak_message(text):
    _gl_messages.append(str(text))


def ak_is_group_member(user, **wanted):
    if user.pk is None:
        return False
    return _gl_Query("group", [[True, {"pk__in": _gl_host("groups", user.pk)}], [True, wanted]], []).exists()


def ak_user_by(**wanted):
    found = _gl_host("user_by", wanted)
    return None if found is None else _gl_User(found)


def ak_user_has_authenticator(user, device_type=None):
    return False


def ak_call_policy(name, **more):
    return _gl_Bag(_gl_host("call_policy", name, more, _gl_plan))


def ak_create_event(action, **more):
    _gl_host("event", str(action), more)


def ip_address(text):
    return _gl_Address(_gl_host("address", str(text)))


def ip_network(text, strict=True):
    return _gl_Network(_gl_host("network", str(text), strict))


def regex_match(value, regex):
    return _gl_re.search(regex, value) is not None


def regex_replace(value, regex, repl):
    return _gl_re.sub(regex, repl, value)


def list_flatten(value):
    if isinstance(value, (list, tuple)):
        return value[0] if value else None
    return value


def slugify(value, allow_unicode=False):
    value = str(value)
    if allow_unicode:
        value = _gl_unicodedata.normalize("NFKC", value)
    else:
        value = _gl_unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode("ascii")
    value = _gl_re.sub(r"[^\w\s-]", "", value.lower())
    return _gl_re.sub(r"[-\s]+", "-", value).strip("-_")


def _gl_now():
    return _gl_in["now"]


def _gl_uuid4():
    return _gl_host("uuid4")


ak_logger = _gl_Logger()
requests = _gl_Requests()
_gl_plan = _gl_thaw(_gl_in["plan"])
_gl_user = _gl_User(_gl_in["user"])
_gl_at_http_request = None
_gl_at_ak_client_ip = None
if _gl_in["client_ip"] is not None:
    _gl_at_ak_client_ip = _gl_Address(_gl_in["client_ip"])
if _gl_in["http"] is not None:
    _gl_at_http_request = _gl_Bag(_gl_in["http"])
    _gl_at_http_request.user = _gl_user
    _gl_at_http_request.brand = _gl_Bag(_gl_in["http"]["brand"])
    _gl_at_http_request.tenant = _gl_at_http_request.brand
_gl_at_context = {"geoip": None, "asn": None}
_gl_at_context.update(_gl_plan)
_gl_at_prompt_context = _gl_plan.get("prompt_data")
if _gl_at_prompt_context is None:
    _gl_at_prompt_context = {}
if _gl_in["is_prompt"]:
    _gl_at_context = {"prompt_context": _gl_at_prompt_context}
elif _gl_in["has_plan"]:
    _gl_at_context["flow_plan"] = _gl_Plan(_gl_plan)
_gl_at_ak_is_sso_flow = _gl_at_context.get("is_sso", False)
_gl_at_user = _gl_user
_gl_at_request = _gl_Bag({"user": _gl_user, "http_request": _gl_at_http_request, "obj": _gl_thaw(_gl_in["object"]), "context": _gl_at_context, "debug": False})


def _gl_finish(result):
    if isinstance(result, _gl_Query):
        return [result.exists(), list(result._items), _gl_plan, _gl_messages]
    return [bool(result), result, _gl_plan, _gl_messages]


