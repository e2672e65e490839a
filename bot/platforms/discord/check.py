"""What ``bot doctor`` asks Discord: is the token good, and where is the bot?"""

import aiohttp
import discord

from bot.errors import BotError


async def check(token: str) -> str:
    """One line on the bot. Raises BotError with what to do where something is wrong."""
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(token)
        guilds = [guild.name async for guild in client.fetch_guilds(limit=5)]
    except discord.LoginFailure as exc:
        raise BotError("DISCORD_TOKEN: Discord refuses it; make a new one in the developer portal") from exc
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError) as exc:
        raise BotError("Discord cannot be reached; check the connection") from exc
    finally:
        await client.close()
    if not guilds:
        raise BotError(f"{client.user} is in no server yet; open the invite address of the README's Discord section")
    return f"{client.user} is in {', '.join(guilds)}"
