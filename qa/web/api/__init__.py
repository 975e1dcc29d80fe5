"""The HTTP API beside the page: our own routes, those that OpenAI's clients expect, and MCP."""
