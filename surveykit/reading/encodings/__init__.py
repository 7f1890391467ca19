"""Which letters do these bytes mean, and which were lost?"""
