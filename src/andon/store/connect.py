"""Database connections for loops: dedicated, with plans that suit young tables."""

__all__ = ["DATABASE_AWAY", "connect"]

import asyncpg

DATABASE_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
)
"""What a statement raises whose session, or server, is gone."""

_SETTINGS = {
    # Loops send few statement shapes with arrays; a generic plan is right and saves planning.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


async def connect(dsn: str, name: str, *, loop_plans: bool = True) -> asyncpg.Connection:
    """One session. Raises ConnectionError when the server cannot be reached."""
    settings = {"application_name": name} | (_SETTINGS if loop_plans else {})
    try:
        return await asyncpg.connect(
            dsn, server_settings=settings, statement_cache_size=500, timeout=10
        )
    except (OSError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError) as error:
        why = str(error) or type(error).__name__
        raise ConnectionError(f"the database does not answer: {why}") from error
