"""What the pages show: the API's objects as frozen values, each with only what a page asks for."""
