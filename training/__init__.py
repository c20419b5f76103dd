"""Training of the encoder's adapter: patients' questions, and questions about other medicines and illnesses."""
