# What is not met yet, at the right of fish's prompt. Copy it to ~/.config/fish/conf.d/
function fish_right_prompt
    rhythmctl prompt --format fish 2>/dev/null
end

# And what is pressing, at login.
if status is-login
    rhythmctl motd 2>/dev/null
end
