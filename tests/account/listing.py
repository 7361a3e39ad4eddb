"""Lists, and what filters and ids choose of them, as EC2 and Auto Scaling do it."""

from dataclasses import dataclass, field

from model import Refusal


@dataclass
class Listing:
    """An action that lists what its filters and ids choose."""

    key: str
    # Parameter that holds ids → where a thing has its id.
    ids: dict = field(default_factory=dict)
    missing: str = ""
    filters: dict = field(default_factory=dict)
    tags: str = "Tags"
    # With ids AWS gives no pages.
    no_page_with_ids: bool = False
    most_ids: int = 1000

    def __call__(self, account, params):
        places = None
        for name, path in self.ids.items():
            wanted = params.get(name) or []
            if not wanted:
                continue
            if len(wanted) > self.most_ids:
                raise Refusal("InvalidParameterValue", f"no more than {self.most_ids} {name} at once")
            if self.no_page_with_ids and "MaxResults" in params:
                text = f"The parameter {name} cannot be used with the parameter maxResults"
                raise Refusal("InvalidParameterCombination", text)
            for one in wanted:
                if self.missing and not account.find(self.key, path, one):
                    raise Refusal(self.missing, f"The ID '{one}' does not exist")
            found = account.matching(self.key, path, wanted)
            places = found if places is None else places & found
        for chosen in params.get("Filters") or params.get("Filter") or []:
            path = self.filters.get(chosen["Name"])
            if chosen["Name"].startswith("tag:"):
                prefix, _, rest = self.tags.rpartition(".")
                tag = chosen["Name"].removeprefix("tag:")
                path = f"{prefix}{'.' if prefix else ''}{rest}[?Key=='{tag}'].Value"
            elif chosen["Name"] == "tag-key":
                path = f"{self.tags}[].Key"
            if path is None:
                raise Refusal("InvalidParameterValue", f"The filter '{chosen['Name']}' is invalid")
            found = account.matching(self.key, path, chosen.get("Values", []))
            places = found if places is None else places & found
        things = account.lists[self.key]
        return {self.key: things if places is None else [things[place] for place in sorted(places)]}
