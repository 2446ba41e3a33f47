from django.db import models


class Group(models.Model):
    name = models.CharField(max_length=255)
    region = models.CharField(max_length=6)
    scope = models.CharField(max_length=16)
    summary = models.TextField()

    def __str__(self):
        return self.name


class Person(models.Model):
    group = models.ForeignKey(Group, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    email = models.EmailField()

    def __str__(self):
        return self.name
