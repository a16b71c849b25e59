"""Channel kinds, one file each: a message in, delivered or DeliveryError. Imports `core` only."""
