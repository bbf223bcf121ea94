"""What stands on the screen, as content made from views and a clock. No widget, no I/O. ○"""
