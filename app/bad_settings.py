"""How settings are refused, apart from the settings themselves: commands that need none start without them."""


class BadSettings(Exception):
    """Settings that nothing may start with: one line for each fault, naming the setting and never its value."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
