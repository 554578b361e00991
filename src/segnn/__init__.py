"""segnn"""
