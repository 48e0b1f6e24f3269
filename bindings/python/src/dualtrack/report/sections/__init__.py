"""One module a section; each has `build(overview) -> Section | None`, None when there is nothing to say."""
