def statements() -> list[str]:
    return []
