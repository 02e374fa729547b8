from tests.journey.conftest import company, new_company

__all__ = ["company", "new_company"]
