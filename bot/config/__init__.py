"""What the operator decides: settings from the environment and the feeds and digests of feeds.yaml."""

from bot.config.feeds_file import QUIRKS, FeedsFile, load_feeds
from bot.config.settings import Settings, platform_port, read_settings, variable
from bot.config.watch import WatchedFeeds

__all__ = ["QUIRKS", "FeedsFile", "Settings", "WatchedFeeds", "load_feeds", "platform_port", "read_settings", "variable"]
