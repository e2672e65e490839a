"""Photographs a briefing as Slack and Discord show it, from the payloads that they are sent."""
