from django.urls import include, path
from django.views.generic import RedirectView

from django_project import pages

urlpatterns = [
    *pages,
    path('login', RedirectView.as_view(url='/accounts/oidc/authly/login/')),
    path('accounts/', include('allauth.urls')),
]
