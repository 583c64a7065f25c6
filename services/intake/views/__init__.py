"""Documents of intake: files of master data that come in, templates and reports that go out."""
