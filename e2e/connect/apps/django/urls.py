from django.urls import include, path
from django.views.generic import RedirectView

from django_project import pages

urlpatterns = [
    *pages,
    path('login', RedirectView.as_view(pattern_name='oidc_authentication_init')),
    path('oidc/', include('mozilla_django_oidc.urls')),
]
