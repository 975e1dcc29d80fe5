"""The web chat: a Gradio page over a library, where every sentence opens the words it rests on."""
