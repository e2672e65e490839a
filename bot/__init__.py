"""AI-market briefings on Korea and Japan, for Slack and Discord. Start reading at docs/tour.md."""
