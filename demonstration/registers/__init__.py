"""The demonstration's registers, entered by the ordinary functions as the persons concerned would."""
