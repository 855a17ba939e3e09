"""The style sheet: Textual's, which works out how a part of a widget looks only when that part is drawn.

Textual makes a node for each component class of each widget at every restyling, at every change of the focus too, and
throws the last ones away. A line of text has eight roles and shows two: six in eight of those nodes are never looked
at, and all of them are cycles that the collector must find.
"""

from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RenderStyles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

_PARSED_KEPT = 1000
"""Sources whose rules are remembered: each kind of widget is one. Textual keeps 64, and with more of them reads all
again for each new kind."""
_FOCUS = {"focus", "blur"}


class StyleSheet(Stylesheet):
    """Component styles when they are asked for, rules read once."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache.grow(_PARSED_KEPT)
        self._focus_rules: list[RuleSet] = []
        self._focus_names: set[str] = set()

    def minds_focus(self, node: DOMNode) -> bool:
        """Whether any rule draws `node`, its parts or what is in it otherwise while it has the focus."""
        if self._focus_rules is not self.rules:
            self._focus_rules = self.rules
            self._focus_names = {
                {SelectorType.CLASS: ".", SelectorType.ID: "#"}.get(one.type, "") + one.name
                for rule in self.rules
                if _FOCUS & rule.pseudo_classes
                for chain in rule.selector_set
                if any(_FOCUS & one.pseudo_classes for one in chain.selectors)
                for one in chain.selectors
            }
        return bool(self._focus_names & node._selector_names)

    def _process_component_classes(self, node: DOMNode) -> None:
        """Forget the parts' styles; those in use are worked out now, and the node is drawn again if they differ."""
        names = node._get_component_classes()
        if not names:
            return
        before = node._component_styles
        fresh = node._component_styles = _Parts(self, node, names)
        if any(fresh[name] != styles for name, styles in before.items()):
            node.refresh()


class _Parts(dict[str, RenderStyles]):
    """Styles by component class; one that was not asked for yet is not there, but may be."""

    def __init__(self, sheet: StyleSheet, node: DOMNode, names: frozenset[str]) -> None:
        super().__init__()
        self._sheet = sheet
        self._node = node
        self._names = names

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __missing__(self, name: str) -> RenderStyles:
        if name not in self._names:
            raise KeyError(name)
        part = DOMNode(classes=name)
        part._attach(self._node)
        self._sheet.apply(part, animate=False)
        self[name] = part.styles
        return part.styles
