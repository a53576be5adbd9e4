from authly import *
from django_settings import *

INSTALLED_APPS += ['social_django']
AUTHENTICATION_BACKENDS = ['social_core.backends.open_id_connect.OpenIdConnectAuth']
