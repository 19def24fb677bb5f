// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QPushButton;

namespace spillway::views {

class PlainTextLabel;
class Prompter;

/// Above the inspector where masks are on: asks for the reason before a letter is shown without them, says so while it
/// is, and ends it after two minutes.
class RevealBar final : public QWidget
{
    Q_OBJECT
public:
    explicit RevealBar(Prompter& prompter, QWidget* parent = nullptr);

    /// The letter in the inspector; another one ends a look behind the marks. Empty: none.
    void setLetter(const QString& letterId);
    /// The letter is shown without marks from now on.
    void begin();
    [[nodiscard]] bool isRevealing() const { return m_end.isActive(); }

    static constexpr auto lasts = std::chrono::minutes(2);

public Q_SLOTS:
    /// Asks for the reason; `asked` when it was given.
    void ask();
    /// Ends the look; `ended` when there was one.
    void end();

Q_SIGNALS:
    void asked(const QString& letterId, const QString& reason);
    void ended();

private:
    void showState();

    Prompter& m_prompter;
    QString m_letterId;
    PlainTextLabel* m_text = nullptr;
    QPushButton* m_button = nullptr;
    QTimer m_end; // active while a letter is shown without marks
};

} // namespace spillway::views
