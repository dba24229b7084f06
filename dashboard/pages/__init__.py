"""One module a page: `layout` draws it, `register` adds what it does when a person acts."""
