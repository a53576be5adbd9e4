from authly import *
from django_settings import *

INSTALLED_APPS += ['mozilla_django_oidc']
AUTHENTICATION_BACKENDS = ['people.WithNames']
