"""What the fields of a contact are called."""

FIELD_GROUPS = {
    "Who it is": ("external_id", "email", "phone", "mobile_phone"),
    "Name": ("full_name", "first_name", "last_name"),
    "Work": ("company", "job_title", "website"),
    "Address": ("address_line1", "address_line2", "city", "state", "postal_code", "country"),
    "More": ("birthday", "notes", "tags", "owner", "consent"),
}
FIELD_GROUP_CUSTOM = "Your own fields"
FIELDS = {
    "external_id": "External id",
    "email": "E-mail",
    "phone": "Phone",
    "mobile_phone": "Mobile phone",
    "full_name": "Full name",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "job_title": "Job title",
    "website": "Website",
    "address_line1": "Address line 1",
    "address_line2": "Address line 2",
    "city": "City",
    "state": "State or region",
    "postal_code": "Postal code",
    "country": "Country",
    "birthday": "Birthday",
    "notes": "Notes",
    "tags": "Tags",
    "owner": "Owner",
    "consent": "Consent",
    "lists": "Lists",
}
CUSTOM_FIELD = "{name} (custom)"
